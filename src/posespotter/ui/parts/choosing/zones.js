// Zones of a camera, drawn on one of its pictures; what is drawn goes to the page as shares of width and height.
const SVG = "http://www.w3.org/2000/svg";
const NEAR_PX = 14; // of a corner: a press there means it
const STEP = 0.02, FINE = 0.005; // of the picture, for the keys

function svg(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

class Editor {
  constructor(root) {
    this.root = root;
    this.picture = root.querySelector(".picture");
    this.list = root.querySelector(".list");
    this.hint = root.querySelector(".hint");
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    [this.kind, this.name, this.done, this.undo] = ["kind", "name", "done", "undo"].map(part);
    [this.zones, this.corners, this.cross] = [[], [], null];
    this.picture.onpointerdown = (event) => this.#press(event);
    this.picture.onpointermove = (event) => this.#drag(event);
    this.picture.onpointerup = () => this.#drop();
    this.picture.onkeydown = (event) => this.#key(event);
    this.picture.onblur = () => { this.cross = null; this.#draw(); };
    this.done.onclick = () => this.#finish();
    this.undo.onclick = () => { this.corners.pop(); this.#draw(); };
    this.kind.onchange = () => this.#propose();
    this.name.oninput = () => { this.named = true; };
  }

  update(data, tell) {
    this.tell = tell;
    if (!this.kind.options.length) {
      for (const [value, label] of data.kinds) this.kind.append(new Option(label, value));
    }
    if (this.version === data.version) return;
    [this.version, this.zones, this.corners] = [data.version, structuredClone(data.zones), []];
    [this.width, this.height, this.image] = [data.width, data.height, data.image];
    this.picture.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
    this.#propose();
    this.#draw();
  }

  #at(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.picture.getScreenCTM().inverse());
    const within = (value, size) => Math.min(1, Math.max(0, value / size));
    return [within(x, this.width), within(y, this.height)];
  }

  #near([x, y], [u, v]) {
    const scale = this.picture.getBoundingClientRect().width;
    return Math.hypot((x - u) * scale, (y - v) * scale * this.height / this.width) < NEAR_PX;
  }

  #press(event) {
    const at = this.#at(event);
    this.picture.focus({ preventScroll: true });
    if (this.corners.length > 2 && this.#near(at, this.corners[0])) {
      this.#finish();
      return;
    }
    if (!this.corners.length) {
      for (const zone of this.zones) {
        const corner = zone.polygon.findIndex((one) => this.#near(at, one));
        if (corner < 0) continue;
        this.held = { zone, corner };
        this.picture.setPointerCapture(event.pointerId);
        return;
      }
    }
    this.corners.push(at);
    this.#draw();
  }

  #drag(event) {
    if (!this.held) return;
    this.held.zone.polygon[this.held.corner] = this.#at(event);
    this.#draw();
  }

  #drop() {
    if (!this.held) return;
    this.held = null;
    this.#changed();
  }

  #key(event) {
    const step = event.shiftKey ? FINE : STEP;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const act = { Enter: () => this.cross && this.corners.push([...this.cross]), f: () => this.#finish(), Escape: () => { this.corners = []; } }[event.key];
    if (!move && !act) return;
    event.preventDefault();
    if (move) {
      const from = this.cross ?? [0.5, 0.5];
      this.cross = from.map((value, i) => Math.min(1, Math.max(0, value + move[i])));
    } else {
      act();
    }
    this.#draw();
  }

  #finish() {
    if (this.corners.length < 3) return;
    const name = this.name.value.trim() || this.#free_name();
    const taken = this.zones.some((zone) => zone.name === name);
    this.zones.push({ name: taken ? this.#free_name() : name, kind: this.kind.value, polygon: this.corners });
    this.corners = [];
    this.named = false;
    this.#propose();
    this.#draw();
    this.#changed();
  }

  #free_name() {
    const taken = new Set(this.zones.map((zone) => zone.name));
    let name = this.kind.value;
    for (let i = 2; taken.has(name); i += 1) name = `${this.kind.value} ${i}`;
    return name;
  }

  #propose() {
    if (!this.named) this.name.value = this.#free_name();
  }

  #changed() {
    const rounded = (polygon) => polygon.map((one) => one.map((value) => Math.round(value * 1e4) / 1e4));
    this.tell(this.zones.map((zone) => ({ ...zone, polygon: rounded(zone.polygon) })));
  }

  #draw() {
    const { width, height } = this;
    const px = (polygon) => polygon.map(([x, y]) => `${x * width},${y * height}`).join(" ");
    const unit = width / Math.max(200, this.picture.getBoundingClientRect().width || 600); // px of the picture to one of the page
    const parts = [svg("image", { href: this.image, width, height })];
    for (const zone of this.zones) {
      const group = svg("g", { class: zone.kind });
      const middle = zone.polygon.reduce(([x, y], [u, v]) => [x + u / zone.polygon.length, y + v / zone.polygon.length], [0, 0]);
      group.append(svg("polygon", { points: px(zone.polygon) }));
      for (const [x, y] of zone.polygon) group.append(svg("circle", { cx: x * width, cy: y * height, r: 4.5 * unit }));
      group.append(svg("text", { x: middle[0] * width, y: middle[1] * height, "font-size": 15 * unit }, zone.name));
      parts.push(group);
    }
    if (this.corners.length) {
      parts.push(svg("polyline", { points: px(this.corners) }));
      this.corners.forEach(([x, y], i) => parts.push(svg("circle", { cx: x * width, cy: y * height, r: (i ? 4.5 : 7) * unit })));
    }
    if (this.cross) {
      const [x, y] = [this.cross[0] * width, this.cross[1] * height];
      parts.push(svg("path", { class: "cross", d: `M${x - 12 * unit},${y}h${24 * unit}M${x},${y - 12 * unit}v${24 * unit}` }));
    }
    this.picture.replaceChildren(...parts);
    this.done.disabled = this.corners.length < 3;
    this.undo.disabled = !this.corners.length;
    this.hint.textContent = this.corners.length
      ? `${this.corners.length} corner${this.corners.length > 1 ? "s" : ""} set. Press on the first one again to finish.`
      : "Press on the corners of a bed, a sofa, or a place that is not to be looked at. Corners can be dragged.";
    this.list.replaceChildren(...this.zones.map((zone) => this.#line(zone)));
  }

  #line(zone) {
    const line = document.createElement("li");
    line.className = zone.kind;
    const words = document.createElement("span");
    words.textContent = `${zone.name} (${zone.kind === "ignore" ? "not looked at" : zone.kind})`;
    const remove = document.createElement("button");
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove ${zone.name}`);
    remove.onclick = () => {
      this.zones = this.zones.filter((one) => one !== zone);
      this.#propose();
      this.#draw();
      this.#changed();
    };
    line.append(document.createElement("i"), words, remove);
    return line;
  }
}

const known = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".zones");
  if (!known.has(root)) known.set(root, new Editor(root));
  known.get(root).update(data, (zones) => setStateValue("zones", zones));
}
