// After a recording: look at it, choose its start and end, keep it or throw it away.

import { Handles, SHORTEST_S } from "./handles.js";
import { showVerdict } from "./trial.js";

const clock = (seconds) => `${seconds.toFixed(1)} s`;
const length = (kept, all) => `keeps ${clock(kept)} of ${clock(all)}`;

export class Cut {
  /**
   * @param {HTMLElement} root the section with the class `cut`
   * @param {object} places recordings and skeletons: addresses; skeletonsOnly: whether no pictures may be kept
   */
  constructor(root, places) {
    this.root = root;
    this.places = places;
    this.part = (name) => root.querySelector(`.${name}`);
    this.preview = this.part("preview");
    this.handles = new Handles(root, this.preview, { clock, length });
    [this.from, this.to] = [this.handles.from, this.handles.to];
    this.part("play").addEventListener("click", () => this.handles.play());
    this.part("keep").addEventListener("click", () => this.#keep());
    this.part("discard").addEventListener("click", () => this.discard());
    this.preview.addEventListener("timeupdate", () => this.#watch());
    for (const event of ["play", "pause"]) this.preview.addEventListener(event, () => this.#name());
    this.privacy = places.skeletonsOnly
      ? "Only the skeletons are kept, drawn on a grey canvas. No picture is stored."
      : "Until you keep it, this recording is in this browser only.";
  }

  get open() {
    return !this.root.hidden;
  }

  /**
   * Show a recording; `why` it ended, where nobody ended it, and the test that it is of.
   * @returns {Promise<object|null>} what the server made of it, or null if it was thrown away
   */
  show({ video, seconds, mirrored, id, why, tested = null }) {
    Object.assign(this, { video, id, mirrored, tested, recordedS: seconds });
    showVerdict(this.part("verdict"), tested);
    this.handles.seconds = Math.max(seconds, SHORTEST_S);
    this.late = 0;
    this.part("trouble").hidden = true;
    this.part("why").textContent = why;
    this.part("why").hidden = !why;
    this.part("name").value = `${tested?.title ?? "Webcam"} ${new Date().toLocaleString("sv").slice(0, 16).replace(":", ".")}`;
    for (const handle of [this.from, this.to]) handle.max = this.handles.seconds.toFixed(2);
    this.from.value = 0;
    this.to.value = this.handles.seconds;
    this.preview.classList.toggle("mirrored", mirrored);
    this.address = URL.createObjectURL(video);
    this.root.hidden = false;
    this.#busy(false);
    this.handles.paint();
    const waiting = (yes) => [this.from, this.to, this.part("play")].forEach((control) => (control.disabled = yes));
    waiting(true); // while the length is looked for, what is played would stop at once, what is moved be moved back
    this.#load().then(() => waiting(false)); // never of what is thrown away meanwhile
    return new Promise((resolve) => (this.resolve = resolve));
  }

  /** Throw the recording away, here and on the server. */
  discard() {
    if (!this.open) return;
    if (this.id) fetch(`${this.places.skeletons}/${this.id}`, { method: "DELETE", keepalive: true });
    this.#close(null);
  }

  /** Take the recording away from here, as `show` was given it. */
  take() {
    const { video, recordedS, mirrored, id, tested } = this;
    this.#close(null);
    return { video, seconds: recordedS, mirrored, id, tested };
  }

  #close(result) {
    this.request?.abort();
    this.preview.pause();
    this.preview.removeAttribute("src");
    this.preview.load();
    URL.revokeObjectURL(this.address);
    this.video = undefined;
    this.root.hidden = true;
    this.resolve?.(result);
  }

  /** Browsers leave the length out of what they record; seeking far behind the end makes them find it. */
  #load() {
    return new Promise((resolve) => {
      const { preview } = this;
      preview.onloadedmetadata = () => (preview.currentTime = Number.isFinite(preview.duration) ? 0 : 1e7);
      preview.onseeked = () => {
        preview.onseeked = null;
        if (Number.isFinite(preview.duration) && preview.duration > SHORTEST_S) {
          this.late = Math.max(0, this.handles.seconds - preview.duration); // a busy browser's first picture came so late
          this.handles.seconds = preview.duration;
          for (const handle of [this.from, this.to]) handle.max = this.handles.seconds.toFixed(2);
          this.to.value = this.handles.seconds;
        }
        preview.currentTime = 0;
        this.handles.paint();
        resolve();
      };
      preview.onerror = resolve;
      preview.src = this.address;
    });
  }

  #watch() {
    if (!this.preview.paused && this.preview.currentTime >= +this.to.value) {
      this.preview.pause();
      this.preview.currentTime = +this.from.value;
    }
  }

  #name() {
    this.part("play").textContent = this.preview.paused ? "Play" : "Pause";
  }

  #busy(busy) {
    for (const control of this.root.querySelectorAll("button, input")) control.disabled = busy;
    const progress = this.root.querySelector("progress");
    progress.hidden = !busy;
    this.part("privacy").textContent = busy ? "Sending it and cutting it…" : this.privacy;
    progress.removeAttribute("value");
  }

  #keep() {
    this.#busy(true);
    this.part("trouble").hidden = true;
    const { recordings, skeletons, skeletonsOnly } = this.places;
    const late = skeletonsOnly ? this.late : 0; // the server's joints begin with the recording, not with its first picture
    const wish = new URLSearchParams({
      start_s: (+this.from.value + late).toFixed(3),
      end_s: (+this.to.value + late).toFixed(3),
      name: this.part("name").value.trim(),
    });
    if (this.tested) {
      wish.set("test", this.tested.test);
      // The moment of Go after the beginning of what the server gets, as start and end are.
      if (this.tested.goS !== null) wish.set("go_s", (this.tested.goS - (skeletonsOnly ? 0 : this.late)).toFixed(3));
    }
    const request = new XMLHttpRequest(); // fetch tells nothing of how much is sent
    this.request = request;
    const progress = this.root.querySelector("progress");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      if (loaded < total) progress.value = loaded / total;
      else progress.removeAttribute("value"); // the server is cutting now, and does not say how far it is
    };
    request.onload = () => {
      const answer = request.response ?? {}; // null where it is no JSON
      if (request.status === 201) this.#close(answer);
      else this.#trouble(answer.reason ?? `The server failed (${request.status}). The recording is still here: try again.`);
    };
    request.onerror = () => this.#trouble("The server could not be reached. The recording is still here: try again.");
    request.open("POST", `${skeletonsOnly ? `${skeletons}/${this.id}` : recordings}?${wish}`);
    request.send(skeletonsOnly ? null : this.video);
  }

  #trouble(words) {
    this.#busy(false);
    this.part("trouble").textContent = words;
    this.part("trouble").hidden = false;
  }
}
