// The target depth of an exercise: whose it is, a bar with its mark, and a cue when it is reached.

export class Depth {
  /**
   * @param {(name: string) => HTMLElement} part of the page, by its class
   * @param {string} address gives the targets of an exercise
   * @param {object} on changed(): another target holds; reached(words): somebody is there
   */
  constructor(part, address, on) {
    [this.part, this.address, this.on] = [part, address, on];
    part("target-choice").addEventListener("change", () => on.changed());
  }

  /** The goal that was chosen; null for the exercise's own. */
  get goal() {
    const { value } = this.part("target-choice");
    return value === "" ? null : Number(value);
  }

  /** Another exercise: its targets are asked for. */
  async offer(exercise) {
    this.hide();
    this.asked = exercise;
    this.part("target").hidden = true;
    this.part("target-choice").replaceChildren();
    const { choices, direction } = exercise ? await this.#targets(exercise) : { choices: [] };
    if (this.asked !== exercise) return; // another one was chosen meanwhile
    this.direction = direction;
    this.part("target").hidden = !choices.length;
    this.part("target-choice").replaceChildren(...choices.map(({ label, goal }) => new Option(label, goal ?? "")));
  }

  async #targets(exercise) {
    try {
      const answer = await fetch(`${this.address}/${encodeURIComponent(exercise)}`);
      return answer.ok ? await answer.json() : { choices: [] };
    } catch {
      return { choices: [] }; // the server is away: the exercise's own limit holds
    }
  }

  heard({ share, reached, first }) {
    const bar = this.part("depth");
    bar.hidden = false;
    bar.classList.toggle("up", this.direction === "up");
    bar.classList.toggle("reached", reached);
    bar.style.setProperty("--share", share);
    if (first) this.on.reached(this.direction === "up" ? "High enough" : "Deep enough");
  }

  hide() {
    this.part("depth").hidden = true;
  }
}
