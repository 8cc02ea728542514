const ARROW = "M12 4v10m0 0-4-4m4 4 4-4M5 19h14";

function line(item) {
  const row = element("li");
  const link = element("a");
  link.href = item.address;
  link.setAttribute("download", "");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ARROW);
  icon.append(path);
  const words = element("span", "words");
  words.append(element("span", "title", item.title), element("span", "about", item.about));
  link.append(icon, words, element("span", "size", item.size));
  row.append(link);
  return row;
}

export default function ({ data, parentElement }) {
  parentElement.querySelector("ul").replaceChildren(...data.map(line));
}
