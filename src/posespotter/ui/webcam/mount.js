// Streamlit imports this text as a module of its own, from which relative imports lead nowhere: the page's real
// modules are fetched from our own route.
const views = new WeakMap();

async function open(parentElement, data) {
  const { Webcam } = await import(new URL(`${data.assets}/main.js?v=${data.version}`, document.baseURI));
  return new Webcam(parentElement.querySelector(".webcam"), data);
}

// Called again at every run of the page's script that changes something, also while the first call still waits.
export default async function mount({ parentElement, data, setTriggerValue }) {
  if (!views.has(parentElement)) views.set(parentElement, open(parentElement, data));
  const view = await views.get(parentElement);
  view.onKept = (kept) => setTriggerValue("kept", kept);
  return () => {
    if (parentElement.isConnected) return; // one of several calls is over, not the page
    views.delete(parentElement);
    view.leave();
  };
}
