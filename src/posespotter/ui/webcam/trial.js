// An everyday test in front of the camera: get ready, Go, a large clock, the end, and what came of it.

const READY_S = 5;
const JUDGED_WITHIN_MS = 20_000; // a busy server; the recording is judged again once it is kept
const CLOCK_MS = 100;
const AFTER_S = 1.2; // of a test of so many seconds: the server wants a picture beyond its end

export class Trial {
  /**
   * @param {(name: string) => HTMLElement} part of the page, by its class
   * @param {object[]} tests from the Python side
   * @param {object} on countdown; record(): starts a recording, and resolves to whether it has begun; tell(message);
   *   finish(): ends the recording; said(words): aloud, if that is wanted; counted(number, title); changed()
   */
  constructor(part, tests, on) {
    [this.part, this.tests, this.on] = [part, tests, on];
    this.state = "off"; // counting down, waiting for Go, running, judging
    this.keys = (event) => {
      const at = event.composedPath()[0];
      // The space bar presses the button that has the focus, this one or another.
      const taken = at?.matches?.("input:not([type=checkbox]), select, textarea") || (event.key === " " && at?.matches?.("button, input"));
      if (taken || !["waiting", "running"].includes(this.state) || ![" ", "g", "G"].includes(event.key)) return;
      event.preventDefault();
      this.press();
    };
    addEventListener("keydown", this.keys);
    this.choose();
  }

  get test() {
    return this.tests.find(({ value }) => value === this.part("test-choice").value);
  }

  /** Another test was chosen: how it is done. */
  choose() {
    const { test } = this;
    this.part("howto").hidden = !test;
    this.part("howto-list").replaceChildren(
      ...(test?.how ?? []).flatMap(([label, words]) => {
        const [term, about] = [document.createElement("dt"), document.createElement("dd")];
        [term.textContent, about.textContent] = [label, words];
        return [term, about];
      }),
    );
    this.#show();
  }

  async press() {
    switch (this.state) {
      case "off":
        this.#to("counting");
        this.on.countdown.start(READY_S, () => this.#begin());
        break;
      case "counting":
        this.reset();
        break;
      case "waiting":
        this.goS = performance.now() / 1000;
        this.on.tell({ type: "test", step: "go", time_s: this.goS });
        this.on.said("Go");
        this.#run(this.goS);
        break;
      case "running":
        this.#end();
        break;
      default: // it is being judged
    }
  }

  async #begin() {
    const { test } = this;
    this.running = test;
    [this.goS, this.startedS, this.result, this.counted] = [undefined, undefined, undefined, 0];
    if (!(await this.on.record())) return this.reset();
    this.on.tell({ type: "test", step: "begin", test: test.value });
    if (test.timed) this.#to("waiting");
    else this.#run(performance.now() / 1000);
  }

  #run(startedS) {
    this.startedS = startedS;
    this.#to("running");
    clearInterval(this.ticking);
    this.ticking = setInterval(() => this.#tick(), CLOCK_MS);
    this.#tick();
  }

  #tick() {
    const { seconds } = this.running;
    const passed = performance.now() / 1000 - this.startedS;
    this.part("clock").textContent = seconds ? Math.max(0, seconds - passed).toFixed(1) : passed.toFixed(1);
    if (seconds && passed > seconds + AFTER_S) this.#end();
  }

  #end() {
    this.#to("judging");
    clearInterval(this.ticking);
    this.on.tell({ type: "test", step: "end" });
    this.late = setTimeout(() => this.#done(undefined), JUDGED_WITHIN_MS);
  }

  #done(result) {
    clearTimeout(this.late);
    this.result = result;
    this.on.finish();
  }

  /** What the server says of the test. */
  heard(message) {
    if (message.type === "test_result") {
      if (this.state === "judging") this.#done(message);
      return;
    }
    if (this.state !== "waiting" && this.state !== "running") return;
    if (this.state === "waiting" && message.started_s !== null) this.#run(message.started_s); // by the first movement
    if (message.count > this.counted) {
      this.counted = message.count;
      this.on.counted(this.counted, this.running.label);
    }
    if (message.over && this.state === "running") this.#end();
  }

  /** The connection is new: the server has forgotten the test, and its result comes from the recording. */
  lost() {
    if (this.state === "judging") this.#done(undefined);
  }

  /** What was tested, for who keeps the recording that began at `startedMs`; null where nothing was. */
  take(startedMs) {
    if (!["waiting", "running", "judging"].includes(this.state)) return null;
    const goS = this.goS === undefined ? null : this.goS - startedMs / 1000;
    const taken = { test: this.running.value, title: this.running.label, goS, result: this.result ?? null };
    this.on.tell({ type: "test", step: "off" });
    this.#to("off");
    return taken;
  }

  reset() {
    this.on.countdown.stop();
    if (this.state !== "off" && this.state !== "counting") this.on.tell({ type: "test", step: "off" });
    this.#to("off");
  }

  close() {
    removeEventListener("keydown", this.keys);
    this.reset();
  }

  #to(state) {
    this.state = state;
    if (state === "off") {
      clearInterval(this.ticking);
      clearTimeout(this.late);
    }
    this.#show();
    this.on.changed();
  }

  #show() {
    const words = { off: "Start the test", counting: "Do not start", waiting: "Go", running: "End the test", judging: "Judging…" };
    const button = this.part("try");
    button.hidden = !this.test;
    button.textContent = words[this.state];
    button.disabled = this.state === "judging";
    button.classList.toggle("go", this.state === "waiting");
    this.part("test-choice").disabled = this.state !== "off";
    const clock = this.part("clock");
    clock.hidden = !["waiting", "running", "judging"].includes(this.state);
    if (this.state === "waiting") clock.textContent = "Ready";
    this.part("hint-go").hidden = this.state !== "waiting";
  }
}

/** The result in words, into the place that it has above a recording. */
export function showVerdict(place, taken) {
  place.hidden = !taken;
  if (!taken) return;
  const { title, result } = taken;
  const part = (name) => place.querySelector(`.${name}`);
  part("test-title").textContent = title;
  part("summary").textContent = result?.summary ?? "It could not be judged live: keep the recording, and it is judged from that.";
  part("seen").replaceChildren(
    ...(result?.findings ?? []).map(({ means, words, sentence }) => {
      const item = document.createElement("li");
      const label = document.createElement("b");
      item.dataset.means = means;
      label.textContent = `${words}: `.replace(/^./, (letter) => letter.toUpperCase());
      item.append(label, sentence);
      return item;
    }),
  );
  part("small").textContent = [result?.started, result?.change, "Kept, it is judged again from every picture, with the report."]
    .filter(Boolean)
    .map((words) => (words.endsWith(".") ? words : `${words}.`))
    .join(" ");
}
