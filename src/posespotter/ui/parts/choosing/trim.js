// A part of a video between two handles; the page is told of it when a handle is let go.
// `Handles` stands before this in the same script (webcam/handles.js).
const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
const length = (kept, all) => `${kept.toFixed(1)} of ${all.toFixed(1)} s`;

class Trim {
  constructor(root) {
    this.part = (name) => root.querySelector(`.${name}`);
    this.video = root.querySelector("video");
    this.handles = new Handles(root, this.video, { clock, length });
    [this.from, this.to] = [this.handles.from, this.handles.to];
    for (const handle of [this.from, this.to]) handle.onchange = () => this.#say();
    this.part("start-here").onclick = () => this.#here(this.from);
    this.part("end-here").onclick = () => this.#here(this.to);
    this.part("play").onclick = () => this.#play();
    this.video.ontimeupdate = () => {
      if (!this.video.paused && this.playing && this.video.currentTime >= +this.to.value) this.video.pause();
    };
    this.video.onpause = () => { this.playing = false; this.#name(); };
    this.video.onplay = () => this.#name();
    this.video.onerror = () => { this.part("trouble").hidden = false; };
  }

  update(data, tell) {
    this.tell = tell;
    if (this.shown === data.src) return;
    const seconds = Math.max(SHORTEST_S, data.seconds);
    [this.shown, this.handles.seconds] = [data.src, seconds];
    this.part("trouble").hidden = true;
    this.video.src = data.src;
    for (const handle of [this.from, this.to]) handle.max = seconds;
    [this.from.value, this.to.value] = [data.from ?? 0, data.to ?? seconds];
    this.handles.paint();
  }

  #here(handle) {
    handle.value = this.video.currentTime;
    this.handles.move(handle);
    this.#say();
  }

  #play() {
    this.playing = this.video.paused;
    return this.handles.play()?.catch(() => {});
  }

  #name() {
    this.part("play").textContent = this.video.paused ? "Play the part" : "Pause";
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
