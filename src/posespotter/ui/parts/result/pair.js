// Two clips that run together: from the bottom of a repetition of each, or from where a person has put them.
const DRIFT_S = 0.06; // more than two frames: the second clip is put right

class Pair {
  constructor(root) {
    const part = (selector) => root.querySelector(selector);
    this.root = root;
    this.videos = [...root.querySelectorAll("video")];
    this.starts = [...root.querySelectorAll("figure select")];
    this.captions = [...root.querySelectorAll("figcaption")];
    [this.play, this.speed, this.slider, this.output] = [".play", ".speed", ".bar input", "output"].map(part);
    [this.moment, this.begins] = [0, [0, 0]];
    this.starts.forEach((select, i) => { select.onchange = () => { this.begins[i] = Number(select.value); this.#ranged(); }; });
    root.querySelectorAll("[data-nudge]").forEach((button) => {
      const i = Number(button.closest("figure").dataset.side);
      button.onclick = () => { this.begins[i] += Number(button.dataset.nudge) / this.clips[i].fps; this.#ranged(); };
    });
    this.slider.oninput = () => { this.#pause(); this.#go(Number(this.slider.value)); };
    this.play.onclick = () => (this.videos[0].paused ? this.#start() : this.#pause());
    this.speed.onchange = () => { for (const video of this.videos) video.playbackRate = Number(this.speed.value); };
    for (const video of this.videos) video.onloadedmetadata = () => this.#ranged();
  }

  update(data) {
    const shown = JSON.stringify(data);
    if (this.shown === shown) return;
    [this.shown, this.clips] = [shown, data];
    data.forEach((clip, i) => {
      this.captions[i].textContent = clip.title;
      if (this.videos[i].getAttribute("src") !== clip.src) this.videos[i].setAttribute("src", clip.src);
      this.starts[i].replaceChildren(...clip.marks.map(({ label, time_s }) => new Option(label, time_s)));
      this.begins[i] = clip.marks[0].time_s;
    });
    this.#ranged();
  }

  /** Both clips are inside their lengths from `least` to `most` seconds beside where they begin. */
  #ranged() {
    const lengths = this.videos.map((video) => video.duration);
    if (!lengths.every(Number.isFinite)) return; // not known yet
    this.least = Math.max(...this.begins.map((begin) => -begin));
    this.most = Math.max(this.least, Math.min(...lengths.map((length, i) => length - this.begins[i])));
    [this.slider.min, this.slider.max] = [this.least, this.most];
    this.#pause();
    this.#go(Math.min(this.most, Math.max(this.least, this.moment)));
  }

  #go(t) {
    this.moment = t;
    this.videos.forEach((video, i) => {
      if (video.readyState >= HTMLMediaElement.HAVE_METADATA) video.currentTime = Math.max(0, this.begins[i] + t + 0.5 / this.clips[i].fps);
    });
    this.#show();
  }

  #start() {
    if (this.moment >= this.most - 0.1) this.#go(this.least);
    for (const video of this.videos) video.play().catch(() => {});
    const follow = () => {
      const [first, second] = this.videos;
      this.moment = first.currentTime - this.begins[0];
      const wanted = this.begins[1] + this.moment;
      if (Math.abs(second.currentTime - wanted) > DRIFT_S) second.currentTime = wanted;
      if (this.moment >= this.most - 0.05) this.#pause();
      this.#show();
      if (!first.paused && this.root.isConnected) requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }

  #pause() {
    for (const video of this.videos) video.pause();
    this.#show();
  }

  #show() {
    const paused = this.videos[0].paused;
    this.play.textContent = paused ? "play_arrow" : "pause";
    this.play.setAttribute("aria-label", paused ? "Play both" : "Pause both");
    this.slider.value = String(this.moment);
    this.output.textContent = `${this.moment < 0 ? "−" : "+"}${Math.abs(this.moment).toFixed(2)} s`;
  }
}

const known = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".pair");
  if (!known.has(root)) known.set(root, new Pair(root));
  known.get(root).update(data);
}
