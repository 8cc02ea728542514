// Seconds to walk into the picture before a recording begins.

export class Countdown {
  /**
   * @param {HTMLElement} place where the number stands
   * @param {(number: number) => void} each told each number
   */
  constructor(place, each) {
    [this.place, this.each] = [place, each];
  }

  get running() {
    return this.timer !== undefined;
  }

  /** Count down, then do something. */
  start(seconds, then) {
    this.stop();
    let left = seconds;
    const tick = () => {
      if (left === 0) {
        this.stop();
        then();
        return;
      }
      this.place.textContent = left;
      this.place.hidden = false;
      this.each(left);
      left -= 1;
    };
    this.timer = setInterval(tick, 1000);
    tick();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.place.hidden = true;
  }
}
