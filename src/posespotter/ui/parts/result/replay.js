// A video with its charts: one moment for both. Runs again at every rerun of the page: the video stays where it is, and
// only what is new is changed.
const SVG = "http://www.w3.org/2000/svg";
const NEAR_S = 0.3; // a value further away than this is not one of the moment

const clock = (s) => `${Math.floor(s / 60)}:${(s % 60).toFixed(1).padStart(4, "0")}`;
const NEAR_SHARE = 0.12; // of the picture's height: who points further from a joint means none
const SMALL_PX = 124; // height of the picture of a moment
const POINTS = { angle: 3, line: 2, plumb: 1 };

class Replay {
  constructor(root) {
    this.root = root;
    const part = (selector) => root.querySelector(selector);
    [this.stage, this.video, this.marks, this.slider, this.output] = [".stage", "video", ".marks", ".bar input", "output"].map(part);
    [this.screen, this.ring, this.reading, this.moments] = [".screen", ".ring", ".reading", ".moments"].map(part);
    [this.frame, this.drawing, this.cursor, this.values] = [".chart", ".drawing", ".cursor", ".values"].map(part);
    this.tools = Object.fromEntries([...root.querySelectorAll("[data-do]")].map((one) => [one.dataset.do, one]));
    this.moment = 0;
    this.drawn = []; // what a person drew: { kind, points }
    this.begun = []; // the points of what is being drawn
    this.wide = matchMedia("(min-width: 60rem)");
    this.wide.onchange = () => this.#place_moments();
    this.#place_moments();
    this.#listen();
  }

  #listen() {
    const { video, slider, tools } = this;
    video.onplay = video.onseeked = () => this.#follow();
    video.onpause = () => this.#buttons();
    video.onended = () => this.#follow();
    video.onloadedmetadata = () => {
      this.marks.setAttribute("viewBox", `0 0 ${video.videoWidth} ${video.videoHeight}`);
      this.#seek();
    };
    slider.oninput = () => { video.pause(); this.go(Number(slider.value)); };
    tools.play.onclick = () => this.#toggle();
    tools.back.onclick = () => this.#step(-1);
    tools.next.onclick = () => this.#step(1);
    tools.speed.onchange = () => { video.playbackRate = Number(tools.speed.value); };
    tools.loop.onclick = () => { this.looping = !this.looping; this.#press("loop", this.looping); };
    for (const kind of Object.keys(POINTS)) tools[kind].onclick = () => this.#draw_with(this.pen === kind ? null : kind);
    tools.clear.onclick = () => { this.drawn = []; this.begun = []; this.#show_marks(); };
    tools.save.onclick = () => this.#save();
    tools.large.onclick = () => {
      if (this.root.getRootNode().fullscreenElement) document.exitFullscreen();
      else this.stage.requestFullscreen?.();
    };
    this.stage.onkeydown = (event) => this.#key(event);
    this.marks.onpointerdown = (event) => this.#point(event);
    this.screen.onpointermove = this.screen.onpointerdown = (event) => this.#read([event.clientX, event.clientY]);
    this.screen.onpointerleave = () => this.#read(null);
    this.frame.onpointerdown = (event) => {
      if (!this.chart) return;
      const { left, right, start_s, end_s } = this.chart;
      const inner = this.drawing.getBoundingClientRect();
      const share = ((event.clientX - inner.left) / inner.width - left) / (right - left);
      video.pause();
      this.go(start_s + Math.min(1, Math.max(0, share)) * (end_s - start_s));
    };
  }

  update(data) {
    const { root, video } = this;
    const first = this.data === undefined;
    this.data = data;
    this.chart = data.chart ?? this.chart ?? null; // while another chart is being drawn the last one stays, paler
    root.classList.toggle("blind", data.src === null);
    root.classList.toggle("bare", this.chart === null);
    root.classList.toggle("waiting", data.chart === null);
    this.tools.loop.hidden = !data.part;
    this.#make_moments();
    this.#scroll_moments();
    if (first && data.angles) this.#hint();
    if (data.src !== null && video.getAttribute("src") !== data.src) video.setAttribute("src", data.src);
    if (this.chart !== null && this.shown !== this.chart.svg) {
      this.shown = this.chart.svg;
      this.drawing.innerHTML = this.chart.svg; // made by the server, of numbers and of texts that it escaped
      this.drawing.firstElementChild.setAttribute("aria-label", this.chart.text);
      this.#make_values();
    }
    const jump = data.jump;
    const place = JSON.stringify(jump);
    if (jump !== null && this.place !== place) {
      const asked = !first && jump.number !== this.number;
      [this.place, this.number] = [place, jump.number];
      this.go(jump.start, jump.end);
      if (asked) this.stage.scrollIntoView({ behavior: "smooth", block: "start" });
    } else {
      this.#show();
    }
  }

  /** Stand at a moment; with an end, play until then. */
  go(t, end = null) {
    [this.moment, this.until] = [t, end];
    this.#show();
    this.#seek();
  }

  #seek() {
    const { video } = this;
    if (this.data.src === null || video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    // The middle of the frame: its edge may belong to the one before.
    video.currentTime = Math.min((this.#number(this.moment) + 0.5) / this.data.fps, Math.max(0, video.duration - 0.001));
    if (this.until !== null && this.until !== undefined) video.play().catch(() => {});
  }

  /** The number of the frame that a moment shows. */
  #number(t) {
    return Math.floor(t * this.data.fps + 0.01);
  }

  #step(frames) {
    this.video.pause();
    const last = this.#number(this.#length()) - 1;
    this.go(Math.min(last, Math.max(0, this.#number(this.moment) + frames)) / this.data.fps);
  }

  #toggle() {
    this.until = null;
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  #follow() {
    const { video } = this;
    if (this.until != null && video.currentTime >= this.until) {
      video.pause();
      this.until = null;
    }
    const part = this.data.part;
    if (this.looping && part && !video.paused && (video.currentTime >= part.end || video.currentTime < part.start - 0.1)) {
      video.currentTime = part.start;
    }
    this.moment = this.#number(video.currentTime) / this.data.fps;
    this.#show();
    if (!video.paused && this.root.isConnected) requestAnimationFrame(() => this.#follow());
  }

  #length() {
    return Number.isFinite(this.video.duration) ? this.video.duration : this.chart ? this.chart.end_s : 0;
  }

  #show() {
    const { slider, output, chart, moment: t, data } = this;
    slider.max = String(Math.max(0.01, this.#length()));
    slider.step = String(1 / data.fps);
    slider.value = String(t);
    output.textContent = `${clock(t)} · frame ${this.#number(t)}`;
    slider.setAttribute("aria-valuetext", output.textContent);
    this.#buttons();
    if (this.pointer) this.#show_reading();
    if (chart === null) return;
    const share = Math.min(1, Math.max(0, (t - chart.start_s) / (chart.end_s - chart.start_s)));
    const x = 100 * (chart.left + share * (chart.right - chart.left));
    this.cursor.style.left = `${x}%`;
    this.#show_values(t, x);
  }

  #buttons() {
    const { play } = this.tools;
    play.textContent = this.video.paused ? "play_arrow" : "pause";
    play.setAttribute("aria-label", this.video.paused ? "Play" : "Pause");
  }

  #press(name, on) {
    this.tools[name].setAttribute("aria-pressed", String(on));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const done = {
      ",": () => this.#step(-1), ".": () => this.#step(1), f: () => this.tools.large.click(),
      " ": event.target.tagName === "BUTTON" ? null : () => this.#toggle(),
      Escape: () => this.#draw_with(null),
    }[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  }

  // Values at the cursor

  #make_values() {
    this.tags = this.chart.rows.map((row) => {
      const tag = document.createElement("b");
      const dots = row.curves.map(() => document.createElement("i"));
      this.values.append(tag, ...dots);
      return { tag, dots };
    });
    this.values.replaceChildren(...this.tags.flatMap(({ tag, dots }) => [tag, ...dots]));
  }

  #show_values(t, x) {
    this.chart.rows.forEach((row, i) => {
      const { tag, dots } = this.tags[i];
      const digits = row.high - row.low < 2 ? 2 : row.high - row.low < 15 ? 1 : 0;
      const words = row.curves.map((curve, j) => {
        const value = valueAt(curve, t);
        dots[j].hidden = value === null;
        if (value === null) return "";
        const share = Math.min(1, Math.max(0, (value - row.low) / (row.high - row.low)));
        dots[j].style.left = `${x}%`;
        dots[j].style.top = `${100 * (row.bottom - share * (row.bottom - row.top))}%`;
        return `${curve.name} ${value.toFixed(digits)}${row.unit}`.trim();
      }).filter(Boolean);
      const many = row.curves.length > 2; // a list beside the cursor; else they have room at the end of the title
      tag.hidden = !words.length;
      tag.textContent = words.join(many ? "\n" : " · ");
      tag.className = many ? (x > 60 ? "list left" : "list") : "";
      tag.style.left = `${many ? x : 100 * this.chart.right}%`;
      tag.style.top = `${100 * row.top}%`;
    });
  }

  // Small pictures of moments

  /** Beside charts they stay in view with the video; on a phone there is no room for that. */
  #place_moments() {
    (this.wide.matches ? this.stage : this.root).append(this.moments);
  }

  /** The pictures of the part that is looked at come into view, without moving the page. */
  #scroll_moments() {
    const part = this.data.part?.start;
    const first = [...this.moments.children].find((one) => Number(one.dataset.at) >= part - 0.01);
    if (first && this.part !== part) this.moments.scrollLeft = first.offsetLeft - this.moments.offsetLeft;
    this.part = part;
  }

  #make_moments() {
    const { moments, src } = this.data;
    const asked = JSON.stringify([src, moments]);
    if (this.pictured === asked) return;
    this.pictured = asked;
    this.moments.hidden = !moments.length;
    const places = moments.map((moment) => {
      const button = document.createElement("button");
      const picture = document.createElement("canvas");
      [picture.width, picture.height] = [SMALL_PX, SMALL_PX];
      const words = document.createElement("span");
      words.textContent = moment.label;
      button.dataset.at = moment.time_s;
      button.append(picture, words);
      button.onclick = () => { this.video.pause(); this.go(moment.time_s); };
      return { moment, button, picture };
    });
    this.moments.replaceChildren(...places.map(({ button }) => button));
    if (!moments.length) return;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      this.#take_pictures(places, asked);
    });
    seen.observe(this.moments);
  }

  /** One after the other, from a video of its own: the large one stays where it is. */
  async #take_pictures(places, asked) {
    const film = document.createElement("video");
    [film.muted, film.preload, film.src] = [true, "auto", this.data.src];
    const arrived = (event) => new Promise((done) => film.addEventListener(event, done, { once: true }));
    await arrived("loadeddata");
    for (const { moment, picture } of places) {
      if (this.pictured !== asked || !this.root.isConnected) break;
      const there = arrived("seeked");
      film.currentTime = (this.#number(moment.time_s) + 0.5) / this.data.fps;
      await there;
      picture.width = SMALL_PX * film.videoWidth / film.videoHeight;
      picture.getContext("2d").drawImage(film, 0, 0, picture.width, SMALL_PX);
      picture.dataset.taken = "";
    }
    film.removeAttribute("src");
    film.load();
  }

  // Angles at the cursor

  #hint() {
    this.reading.textContent = "Point at a joint to read its angle";
    this.reading.className = "reading hint";
    this.reading.hidden = false;
  }

  async #read(pointer) {
    this.pointer = this.data?.angles && !this.pen ? pointer : null;
    if (!pointer || !this.pointer) {
      if (this.angles) [this.ring.hidden, this.reading.hidden] = [true, true];
      return;
    }
    if (this.asked !== this.data.angles) {
      this.asked = this.data.angles;
      this.angles = await fetch(this.asked).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    }
    this.#show_reading();
  }

  #show_reading() {
    const { angles, pointer, ring, reading, video } = this;
    if (!angles || !pointer) return;
    const screen = this.marks.getScreenCTM();
    const scale = video.videoWidth / angles.size[0];
    const at = new DOMPoint(...pointer).matrixTransform(screen.inverse());
    const row = angles.frame.indexOf(this.#number(this.moment));
    const joints = row < 0 ? [] : angles.joints.map((_, i) => angles.places[row].slice(2 * i, 2 * i + 2).map((one) => one === null ? NaN : scale * one));
    const away = joints.map(([x, y]) => Math.hypot(x - at.x, y - at.y));
    const near = away.reduce((best, one, i) => (one < (away[best] ?? Infinity) ? i : best), -1);
    ring.hidden = reading.hidden = near < 0 || away[near] > NEAR_SHARE * video.videoHeight;
    if (reading.hidden) return;
    const lines = angles.angles.flatMap(({ name, joint }, i) => {
      const degrees = joint === near ? angles.degrees[row][i] : null;
      if (degrees === null) return [];
      const error = angles.plus_minus[row][i];
      return [`${name} ${degrees}°${error === null ? "" : ` ± ${error}°`}`];
    });
    const joint = angles.joints[near].replace("_", " ");
    reading.textContent = lines.join("\n") || `${joint}: no angle can be told from here`;
    reading.className = "reading";
    const box = this.screen.getBoundingClientRect();
    const place = new DOMPoint(...joints[near]).matrixTransform(screen);
    const [x, y] = [place.x - box.left, place.y - box.top];
    [ring.style.left, ring.style.top] = [`${x}px`, `${y}px`];
    reading.style.left = `${Math.max(4, Math.min(x + 16, box.width - reading.offsetWidth - 4))}px`;
    reading.style.top = `${Math.max(4, Math.min(y - 12, box.height - reading.offsetHeight - 4))}px`;
  }

  // Drawing on the picture

  #draw_with(pen) {
    [this.pen, this.begun] = [pen, []];
    for (const kind of Object.keys(POINTS)) this.#press(kind, kind === pen);
    this.root.classList.toggle("drawing-on", pen !== null);
    if (pen !== null) this.video.pause();
    this.#read(null);
    this.#show_marks();
  }

  #point(event) {
    if (!this.pen) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.marks.getScreenCTM().inverse());
    this.begun.push([at.x, at.y]);
    if (this.begun.length === POINTS[this.pen]) {
      this.drawn.push({ kind: this.pen, points: this.begun });
      this.begun = [];
    }
    this.#show_marks();
  }

  #show_marks() {
    const unit = Math.max(1, this.video.videoHeight / 270); // px of the picture, so that lines look alike in all sizes
    const shapes = [...this.drawn, { kind: this.pen, points: this.begun }];
    this.marks.replaceChildren(...shapes.flatMap(({ kind, points }) => markOf(kind, points, unit, this.video.videoHeight)));
  }

  #save() {
    const { video } = this;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const marks = this.marks.cloneNode(true);
    marks.setAttribute("width", canvas.width);
    marks.setAttribute("height", canvas.height);
    const image = new Image();
    image.onload = () => {
      context.drawImage(image, 0, 0);
      const link = document.createElement("a");
      link.download = `${this.data.name} ${clock(this.moment).replace(":", ".")}.png`;
      link.href = canvas.toDataURL("image/png");
      link.click();
    };
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(marks))}`;
  }
}

/** The value of a curve at a moment; null where there is none near. */
function valueAt({ time_s, values }, t) {
  let [low, high] = [0, time_s.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time_s[middle] < t) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && Math.abs(time_s[low - 1] - t) < Math.abs(time_s[low] - t)) low -= 1;
  return time_s.length && Math.abs(time_s[low] - t) <= NEAR_S ? values[low] : null;
}

function svgOf(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** What was drawn on the picture, dark below bright so that it is seen on everything. */
function markOf(kind, points, unit, height) {
  const ends = kind === "plumb" && points.length ? [[points[0][0], 0], [points[0][0], height]] : points;
  const path = ends.map(([x, y]) => `${x},${y}`).join(" ");
  const lines = [["#000", 3], ["#ffe14d", 1.5]].map(([stroke, wide]) =>
    svgOf("polyline", { points: path, fill: "none", stroke, "stroke-width": wide * unit, "stroke-linecap": "round" }));
  const dots = points.map(([cx, cy]) => svgOf("circle", { cx, cy, r: 2.5 * unit, fill: "#ffe14d", stroke: "#000", "stroke-width": 0.7 * unit }));
  const words = measured(kind, points);
  if (!words) return [...lines, ...dots];
  const [x, y] = kind === "angle" ? points[1] : points[points.length - 1];
  return [...lines, ...dots, svgOf("text", {
    x: x + 6 * unit, y: y - 5 * unit, fill: "#ffe14d", stroke: "#000", "stroke-width": 2.4 * unit, "paint-order": "stroke",
    "font-family": "sans-serif", "font-weight": 700, "font-size": 13 * unit,
  }, words)];
}

/** The angle at the middle of three points, or how far a line is from the vertical. */
function measured(kind, points) {
  if (points.length < (POINTS[kind] ?? 9) || kind === "plumb") return "";
  const direction = ([x0, y0], [x1, y1]) => Math.atan2(y1 - y0, x1 - x0);
  if (kind === "angle") {
    const turn = Math.abs(direction(points[1], points[0]) - direction(points[1], points[2])) * 180 / Math.PI;
    return `${Math.round(turn > 180 ? 360 - turn : turn)}°`;
  }
  const tilt = Math.abs(direction(points[0], points[1]) * 180 / Math.PI + 90) % 180;
  return `${Math.round(Math.min(tilt, 180 - tilt))}°`;
}

const known = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".replay");
  if (!known.has(root)) known.set(root, new Replay(root));
  known.get(root).update(data);
}
