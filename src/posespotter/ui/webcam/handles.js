// Two handles on the time of a video: they keep a distance, and the video shows where the one that moves stands.

export const SHORTEST_S = 0.5;

export class Handles {
  /**
   * @param {HTMLElement} root with parts of the classes from, to, kept, from-time, to-time and length
   * @param {HTMLVideoElement} video
   * @param {object} words clock: of a time; length: of what is kept and of all, in seconds
   */
  constructor(root, video, words) {
    this.part = (name) => root.querySelector(`.${name}`);
    [this.video, this.words] = [video, words];
    [this.from, this.to] = [this.part("from"), this.part("to")];
    for (const handle of [this.from, this.to]) handle.addEventListener("input", () => this.move(handle));
  }

  /** A handle was moved. */
  move(handle) {
    const shortest = Math.min(SHORTEST_S, this.seconds);
    if (handle === this.from) this.from.value = Math.max(0, Math.min(+this.from.value, +this.to.value - shortest));
    else this.to.value = Math.min(+this.to.max, Math.max(+this.to.value, +this.from.value + shortest));
    this.video.pause();
    this.video.currentTime = +handle.value;
    this.paint();
  }

  /** Play what is between the handles, or pause. */
  play() {
    if (!this.video.paused) return this.video.pause();
    const at = this.video.currentTime;
    if (at < +this.from.value || at >= +this.to.value - 0.05) this.video.currentTime = +this.from.value;
    return this.video.play();
  }

  /** Show where the handles stand; `seconds` is the length of the video. */
  paint() {
    const [from, to] = [+this.from.value, +this.to.value];
    const kept = this.part("kept");
    kept.style.setProperty("--from", from / this.seconds);
    kept.style.setProperty("--to", to / this.seconds);
    this.part("from-time").textContent = this.words.clock(from);
    this.part("to-time").textContent = this.words.clock(to);
    this.part("length").textContent = this.words.length(to - from, this.seconds);
    this.from.setAttribute("aria-valuetext", this.words.clock(from));
    this.to.setAttribute("aria-valuetext", this.words.clock(to));
  }
}
