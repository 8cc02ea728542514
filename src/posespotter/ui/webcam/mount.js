// Streamlit imports this text as a module of its own, from which relative imports lead nowhere: the page's real
// modules are fetched from our own route.
const views = new WeakMap();

export default async function mount({ parentElement, data, setTriggerValue }) {
  let view = views.get(parentElement);
  if (view === undefined) {
    const { Webcam } = await import(new URL(`${data.assets}/main.js?v=${data.version}`, document.baseURI));
    view = new Webcam(parentElement.querySelector(".webcam"), data);
    views.set(parentElement, view);
  }
  view.onKept = (kept) => setTriggerValue("kept", kept);
  return () => {
    views.delete(parentElement);
    view.leave();
  };
}
