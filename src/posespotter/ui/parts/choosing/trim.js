// A part of a video between two handles; the page is told of it when a handle is let go.
const SHORTEST_S = 0.5;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

class Trim {
  constructor(root) {
    const part = (name) => root.querySelector(`.${name}`);
    this.part = part;
    [this.video, this.from, this.to] = [root.querySelector("video"), part("from"), part("to")];
    for (const handle of [this.from, this.to]) {
      handle.oninput = () => this.#moved(handle);
      handle.onchange = () => this.#say();
    }
    part("start-here").onclick = () => this.#here(this.from);
    part("end-here").onclick = () => this.#here(this.to);
    part("play").onclick = () => this.#play();
    this.video.ontimeupdate = () => {
      if (!this.video.paused && this.playing && this.video.currentTime >= +this.to.value) this.video.pause();
    };
    this.video.onpause = () => { this.playing = false; this.#name(); };
    this.video.onplay = () => this.#name();
    this.video.onerror = () => { part("trouble").hidden = false; };
  }

  update(data, tell) {
    this.tell = tell;
    if (this.shown === data.src) return;
    [this.shown, this.seconds] = [data.src, Math.max(SHORTEST_S, data.seconds)];
    this.part("trouble").hidden = true;
    this.video.src = data.src;
    for (const handle of [this.from, this.to]) handle.max = this.seconds;
    [this.from.value, this.to.value] = [data.from ?? 0, data.to ?? this.seconds];
    this.#paint();
  }

  #moved(handle) {
    const shortest = Math.min(SHORTEST_S, this.seconds);
    if (handle === this.from) this.from.value = Math.max(0, Math.min(+this.from.value, +this.to.value - shortest));
    else this.to.value = Math.min(this.seconds, Math.max(+this.to.value, +this.from.value + shortest));
    this.video.pause();
    this.video.currentTime = +handle.value;
    this.#paint();
  }

  #here(handle) {
    handle.value = this.video.currentTime;
    this.#moved(handle);
    this.#say();
  }

  #play() {
    if (!this.video.paused) return this.video.pause();
    const at = this.video.currentTime;
    if (at < +this.from.value || at >= +this.to.value - 0.05) this.video.currentTime = +this.from.value;
    this.playing = true;
    return this.video.play().catch(() => {});
  }

  #name() {
    this.part("play").textContent = this.video.paused ? "Play the part" : "Pause";
  }

  #paint() {
    const [from, to] = [+this.from.value, +this.to.value];
    const kept = this.part("kept");
    kept.style.setProperty("--from", from / this.seconds);
    kept.style.setProperty("--to", to / this.seconds);
    this.part("from-time").textContent = clock(from);
    this.part("to-time").textContent = clock(to);
    this.part("length").textContent = `${(to - from).toFixed(1)} of ${this.seconds.toFixed(1)} s`;
    this.from.setAttribute("aria-valuetext", clock(from));
    this.to.setAttribute("aria-valuetext", clock(to));
  }

  #say() {
    const at = (handle) => Math.round(handle.value * 1000) / 1000;
    this.tell({ from: at(this.from), to: at(this.to) });
  }
}

const trims = new WeakMap();

// Runs again at every rerun of the page: the element stays, and only what is new is changed.
export default function ({ data, parentElement, setStateValue }) {
  if (!trims.has(parentElement)) trims.set(parentElement, new Trim(parentElement));
  trims.get(parentElement).update(data, (part) => setStateValue("part", part));
}
