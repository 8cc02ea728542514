// Pictures from the camera to the socket: the newest one whenever there is a place, each kept until its answer comes.

const LONGEST_SIDE_PX = 640; // of what is sent: the networks look at 256 px of a person
const JPEG_QUALITY = 0.8;
const MOST_KEPT = 4;

/** One picture that was sent: its canvas, when the camera gave it, and how much smaller it was sent. */
class Shot {
  constructor() {
    this.canvas = document.createElement("canvas");
  }

  take(picture, { width, height }, number, capturedMs) {
    this.number = number;
    this.capturedMs = capturedMs;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0, width, height);
  }
}

export class Pump {
  /** @param {Link} link to send to */
  constructor(link) {
    this.link = link;
    this.number = 0;
    this.lastMs = 0;
    this.shots = new Map();
    this.spare = [];
    this.small = document.createElement("canvas");
  }

  /** Forget what is under way. */
  clear() {
    this.shots.clear();
  }

  /** The picture of an answer; older ones are let go. */
  claim(number) {
    const shot = this.shots.get(number);
    for (const [other, old] of this.shots) {
      if (other > number) continue;
      this.shots.delete(other);
      if (this.spare.length < MOST_KEPT) this.spare.push(old);
    }
    return shot;
  }

  /** Send a picture if there is a place for it. */
  offer(picture, size, capturedMs) {
    if (!this.link.free) return;
    this.lastMs = Math.max(capturedMs, this.lastMs + 0.1); // the server takes times that go forward only
    this.number += 1;
    const number = this.number;
    const shot = this.spare.pop() ?? new Shot();
    shot.take(picture, size, number, this.lastMs);
    this.shots.set(number, shot);
    this.link.reserve(number);
    const timeS = this.lastMs / 1000;
    this.#toSend(shot).toBlob(
      (jpeg) => (jpeg ? this.link.picture(number, timeS, jpeg) : this.link.release(number)),
      "image/jpeg",
      JPEG_QUALITY,
    );
  }

  #toSend(shot) {
    const { width, height } = shot.canvas;
    shot.shrunk = Math.min(1, LONGEST_SIDE_PX / Math.max(width, height));
    if (shot.shrunk === 1) return shot.canvas;
    this.small.width = Math.round(width * shot.shrunk);
    this.small.height = Math.round(height * shot.shrunk);
    this.small.getContext("2d", { alpha: false }).drawImage(shot.canvas, 0, 0, this.small.width, this.small.height);
    return this.small;
  }
}
