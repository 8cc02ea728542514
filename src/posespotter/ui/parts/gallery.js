function picture(card) {
  const frame = element("span", "picture");
  if (card.picture) {
    const image = element("img");
    image.src = card.picture;
    image.alt = "";
    image.loading = "lazy";
    frame.append(image);
  } else {
    const icon = element("span", "icon large", card.icon);
    icon.setAttribute("aria-hidden", "true");
    frame.append(icon);
  }
  if (card.state) frame.append(element("span", card.bad ? "state bad" : "state", card.state));
  return frame;
}

function build(card, data, selected, pick, open) {
  const link = element("a", "card");
  link.href = `${data.page}?run=${encodeURIComponent(card.id)}`;
  link.title = card.name;
  const kind = element("span", "kind");
  const icon = element("span", "icon", card.icon);
  icon.setAttribute("aria-hidden", "true");
  kind.append(icon, element("span", "", card.kind));
  const words = element("span", "words");
  words.append(element("span", "name", card.name));
  if (card.person) words.append(element("span", "person", card.person));
  words.append(element("span", "facts", card.facts), kind);
  link.append(picture(card), words);
  if (data.selecting) {
    link.setAttribute("role", "checkbox");
    link.setAttribute("aria-checked", String(selected.has(card.id)));
    link.append(element("span", "tick icon", "check"));
  }
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (data.selecting) pick(card.id, link);
    else open(card.id);
  };
  link.onkeydown = (event) => {
    if (data.selecting && event.key === " ") {
      event.preventDefault();
      pick(card.id, link);
    }
  };
  const item = element("div", "item");
  item.append(link, ...card.analyses.map((one) => analysis(one, data, open)));
  return item;
}

function analysis(one, data, open) {
  const link = element("a", "analysis");
  link.href = `${one.page}?run=${encodeURIComponent(one.id)}`;
  const icon = element("span", "icon", one.icon);
  icon.setAttribute("aria-hidden", "true");
  link.append(icon, element("span", "", one.words));
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(one.id);
  };
  return link;
}

// Which cards are ticked outlives the reruns of the page, which run this again on the same element.
const ticked = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const place = parentElement.querySelector(".gallery");
  const here = new Set(data.cards.map((card) => card.id));
  const before = ticked.get(place) ?? new Set();
  const selected = new Set([...before].filter((id) => data.selecting && here.has(id)));
  ticked.set(place, selected);
  if (selected.size < before.size) setStateValue("selected", [...selected]); // what shows no tick is not meant
  const pick = (id, link) => {
    if (!selected.delete(id)) selected.add(id);
    link.setAttribute("aria-checked", String(selected.has(id)));
    setStateValue("selected", [...selected]);
  };
  const open = (id) => setTriggerValue("open", id);
  const shown = JSON.stringify(data);
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  place.replaceChildren(...data.cards.map((card) => build(card, data, selected, pick, open)));
}
