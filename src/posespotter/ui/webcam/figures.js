// How many pictures a second are shown, and how old they are.

const WINDOW_MS = 2000;
const TOLD_EVERY_MS = 500;

export class Figures {
  constructor(rate, delay) {
    this.rate = rate;
    this.delay = delay;
    this.clear();
  }

  clear() {
    this.shown = [];
    this.toldMs = 0;
    this.rate.textContent = "–";
    this.delay.textContent = "–";
  }

  /** A picture was shown `delayMs` after the camera gave it. */
  add(nowMs, delayMs) {
    this.shown.push([nowMs, delayMs]);
    while (nowMs - this.shown[0][0] > WINDOW_MS) this.shown.shift();
    if (nowMs - this.toldMs < TOLD_EVERY_MS || this.shown.length < 3) return;
    this.toldMs = nowMs;
    const spanMs = nowMs - this.shown[0][0];
    const delays = this.shown.map(([, delay]) => delay).sort((a, b) => a - b);
    this.rate.textContent = `${Math.round(((this.shown.length - 1) * 1000) / spanMs)} pictures/s`;
    this.delay.textContent = `${Math.round(delays[delays.length >> 1])} ms behind`;
  }
}
