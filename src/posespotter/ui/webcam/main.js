// The webcam page: its parts, and what happens when.

import { CameraProblem, listCameras, openCamera, SIZES, unplugged } from "./camera.js";
import { Countdown } from "./countdown.js";
import { Cut } from "./cut.js";
import { Depth } from "./depth.js";
import { Figures } from "./figures.js";
import { Frames } from "./frames.js";
import { Link } from "./link.js";
import { drawPeople, plan } from "./overlay.js";
import { Pump } from "./pump.js";
import { Recorder } from "./recorder.js";
import { chime } from "./sound.js";
import { Trial } from "./trial.js";
import { say } from "./voice.js";

const RAW_AFTER_MS = 700; // without an answer for so long the camera's own picture is shown, so that it never freezes
const LOOK_EVERY_MS = 1000;
const SILENT_LOOKS = 3; // in a row without a picture, which is for 2 to 3 s
const NO_PICTURE =
  "No picture comes from the camera. Uncover it or switch it on, close other programs that use it, plug it in anew, " +
  "or choose another camera below.";
const MOST_FALLS_TOLD = 4;
const COUNTDOWN_S = 5;
const FINEST = 2; // times the camera's own size, at most
const CHOICES = "posespotter-webcam";
const LEFT = "The page was left while this waited. Keep it, or discard it.";
const STOPPED = "The camera was stopped while it recorded. Keep the recording, or discard it.";

// What was recorded on a page that was left, for the next one: a promise of what `Cut` shows. This module stays while
// other pages of the application are looked at.
let draft;
addEventListener("beforeunload", (event) => draft && event.preventDefault());

const clock = (seconds) => `${Math.floor(seconds / 60)}:${`${Math.floor(seconds) % 60}`.padStart(2, "0")}`;

export class Webcam {
  /**
   * @param {HTMLElement} root the section with the class `webcam`
   * @param {object} data models, exercises, addresses and limits, from the Python side
   */
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.part = (name) => root.querySelector(`.${name}`);
    this.canvas = this.part("picture");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.onKept = () => {};
    this.counted = 0;
    this.countedBefore = 0;
    this.falls = [];
    this.frozen = false;
    this.news = "";
    this.countdown = new Countdown(this.part("countdown"), (left) => {
      if (this.part("speech").checked) say(String(left));
      else if (this.part("sound").checked) chime("count");
    });
    this.figures = new Figures(this.part("rate"), this.part("delay"));
    this.link = new Link(data.socket, {
      greeted: () => {
        this.countedBefore = this.counted; // the server counts from 0 on each connection
        this.trial.lost();
        this.#greet();
        if (this.recorder && data.skeletonsOnly) this.#keepJoints();
      },
      message: (message) => this.#heard(message),
      lost: (reason) => this.#notice(reason || "The connection is lost. Trying again…"),
    });
    this.pump = new Pump(this.link);
    this.frames = new Frames(this.part("camera"), (...picture) => this.#picture(...picture));
    this.cut = new Cut(this.part("cut"), data);
    this.#fill();
    this.depth = new Depth(this.part, data.targets, {
      changed: () => this.#changed({}),
      reached: (words) => {
        if (this.part("speech").checked) say(words);
        else if (this.part("sound").checked) chime("target");
      },
    });
    this.trial = new Trial(this.part, data.tests, {
      countdown: this.countdown,
      record: async () => {
        if (!this.stream || this.recorder) return false;
        await this.#record();
        return Boolean(this.recorder);
      },
      tell: (message) => this.link.tell(message),
      finish: () => this.recorder && this.#endRecording(),
      said: (words) => this.part("speech").checked && say(words),
      counted: (count, title) => this.#counted(count, title),
      changed: () => this.#tick(),
    });
    this.#restore();
    this.#listen();
    this.#show("off");
    this.part("start").disabled = false;
    this.refresh();
    if (draft) this.#showDraft();
  }

  /** The page is left: nothing of the camera stays, and what was recorded waits for the next one. */
  leave() {
    if (this.recorder) this.ending = this.#ended(LEFT);
    if (this.ending) draft = this.ending;
    else if (this.cut.open) draft = Promise.resolve({ ...this.cut.take(), why: LEFT });
    this.#stop();
    this.trial.close();
    removeEventListener("beforeunload", this.warn);
    removeEventListener("pagehide", this.forget);
    navigator.mediaDevices?.removeEventListener("devicechange", this.refresh);
  }

  #fill() {
    const options = (select, entries) => {
      select.replaceChildren(...entries.map(({ value, label }) => new Option(label, value)));
    };
    options(this.part("size-choice"), SIZES.map(({ label }, value) => ({ value, label })));
    options(this.part("model-choice"), this.data.models);
    options(this.part("place-choice"), [{ value: "", label: "No zones" }, ...this.data.places.map((name) => ({ value: name, label: name }))]);
    options(this.part("test-choice"), [{ value: "", label: "None" }, ...this.data.tests]);
    options(this.part("exercise-choice"), [{ value: "", label: "Off" }, ...this.data.exercises]);
  }

  #listen() {
    const on = (name, event, action) => this.part(name).addEventListener(event, action);
    on("start", "click", () => this.#start());
    on("again", "click", () => this.#start());
    on("stop", "click", () => {
      if (this.cutting) return;
      this.#seen();
      if (this.recorder) this.#endRecording(STOPPED, { stopped: true });
      else this.#stop();
    });
    on("record", "click", () => this.#pressRecord());
    on("try", "click", () => this.trial.press());
    on("test-choice", "change", () => {
      this.trial.choose();
      this.depth.hide();
      this.#countAnew();
      this.#changed({});
    });
    on("large", "click", () => {
      if (this.root.getRootNode().fullscreenElement) document.exitFullscreen();
      else this.root.requestFullscreen?.().catch(() => {});
    });
    on("camera-choice", "change", () => this.#changed({ restart: true }));
    on("size-choice", "change", () => this.#changed({ restart: true }));
    for (const name of ["model-choice", "falls", "place-choice"]) on(name, "change", () => this.#changed({}));
    on("exercise-choice", "change", () => {
      this.#countAnew();
      this.depth.offer(this.part("exercise-choice").value);
      this.#changed({});
    });
    for (const name of ["mirror", "sound", "speech", "delayed"]) on(name, "change", () => this.#remember());
    this.part("fall").querySelector("button").addEventListener("click", () => this.#seen());
    this.warn = (event) => (this.recorder || this.cut.open) && event.preventDefault();
    addEventListener("beforeunload", this.warn);
    this.forget = () => {
      this.#stop();
      this.cut.discard();
    };
    addEventListener("pagehide", this.forget);
    this.refresh = () => listCameras().then((cameras) => this.#offer(cameras));
    navigator.mediaDevices?.addEventListener("devicechange", this.refresh);
  }

  // Choices

  get #choices() {
    return {
      camera: this.part("camera-choice").value,
      size: +this.part("size-choice").value,
      model: this.part("model-choice").value,
      exercise: this.part("exercise-choice").value,
      mirror: this.part("mirror").checked,
      falls: this.part("falls").checked,
      place: this.part("place-choice").value,
      sound: this.part("sound").checked,
      speech: this.part("speech").checked,
      delayed: this.part("delayed").checked,
    };
  }

  #remember() {
    try {
      localStorage.setItem(CHOICES, JSON.stringify(this.#choices));
    } catch {
      // a browser that keeps nothing: the choices last as long as the page
    }
  }

  #restore() {
    let known = {};
    try {
      known = JSON.parse(localStorage.getItem(CHOICES)) ?? {};
    } catch {
      return;
    }
    const choose = (name, value) => {
      const select = this.part(name);
      if ([...select.options].some((option) => option.value === String(value))) select.value = value;
    };
    choose("size-choice", known.size);
    choose("model-choice", known.model);
    choose("exercise-choice", known.exercise);
    choose("place-choice", known.place);
    this.wantedCamera = known.camera;
    for (const name of ["mirror", "falls", "sound", "speech", "delayed"]) {
      if (typeof known[name] === "boolean") this.part(name).checked = known[name];
    }
    this.#offerPlaces();
    this.depth.offer(this.part("exercise-choice").value);
  }

  /** Zones hold where falls are watched for. */
  #offerPlaces() {
    this.root.querySelector(".place").hidden = !(this.part("falls").checked && this.data.places.length);
  }

  #offer(cameras) {
    const select = this.part("camera-choice");
    const chosen = this.stream?.getVideoTracks()[0]?.getSettings().deviceId || select.value || this.wantedCamera;
    const options = cameras.map(({ id, name }) => new Option(name, id));
    select.replaceChildren(...(options.length ? options : [new Option("Default camera", "")]));
    if (cameras.some(({ id }) => id === chosen)) select.value = chosen;
  }

  #changed({ restart }) {
    this.#offerPlaces();
    this.#remember();
    if (!this.stream) return;
    if (restart) this.#start();
    else this.#greet();
  }

  // Camera

  async #start() {
    this.#halt();
    this.#countAnew();
    this.#show("starting");
    const attempt = (this.attempt = {});
    try {
      const { camera, size } = this.#choices;
      const stream = await openCamera(camera, SIZES[size]);
      if (attempt !== this.attempt) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        if (this.recorder) this.#endRecording("The recording ended because the camera stopped.");
        else if (!this.cutting) this.#fail(unplugged()); // else once it is kept or discarded
      });
      await this.frames.start(stream);
    } catch (problem) {
      if (attempt === this.attempt) this.#fail(problem);
      return;
    }
    this.#offer(await listCameras());
    this.#remember();
    this.figures.clear();
    this.#show("live");
    this.link.open();
  }

  #fail(problem) {
    this.#stop();
    const box = this.part("problem");
    const known = problem instanceof CameraProblem;
    box.querySelector("strong").textContent = known ? problem.message : "The camera could not be shown";
    box.querySelector("span").textContent = known ? problem.advice : `${problem.name}: ${problem.message}`;
    this.#show("problem");
  }

  /** Let go of the camera and the connection. */
  #halt() {
    this.attempt = undefined;
    this.frames.stop();
    this.pump.clear();
    this.link.close();
    this.#dropRecording();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
  }

  #stop() {
    this.trial.reset();
    this.countdown.stop();
    this.#halt();
    this.part("counter").hidden = true;
    this.depth.hide();
    this.#show("off");
  }

  #show(phase) {
    this.root.dataset.phase = phase;
    this.part("empty").hidden = phase !== "off" && phase !== "starting";
    this.part("start").disabled = phase === "starting";
    this.part("start").textContent = phase === "starting" ? "Starting…" : "Start camera";
    this.part("problem").hidden = phase !== "problem";
    this.part("figures").hidden = phase !== "live";
    this.part("record").disabled = !this.skeleton;
    this.part("stage").hidden = phase === "cut";
    this.part("live").hidden = phase !== "live";
    if (phase !== "live" && this.root.getRootNode().fullscreenElement) document.exitFullscreen();
    this.part("options").hidden = phase === "cut";
    this.#silent(0);
    if (phase !== "live") this.#notice("");
    clearInterval(this.looking);
    if (phase === "live") this.looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Whether pictures still come: a camera may fall silent without an end. */
  #look() {
    this.#silent(document.hidden ? 0 : this.silentLooks + 1);
  }

  #silent(looks) {
    const before = this.frozen;
    this.silentLooks = looks;
    this.frozen = looks >= SILENT_LOOKS;
    if (this.frozen === before) return;
    if (this.frozen) this.figures.clear();
    this.#notice(this.news);
  }

  #notice(news) {
    this.news = news;
    const words = this.frozen ? NO_PICTURE : news;
    this.part("notice").textContent = words;
    this.part("notice").hidden = !words;
  }

  // Talking with the server

  #greet() {
    const { model, exercise, falls, place } = this.#choices;
    const counted = this.trial.test ? null : exercise || null; // one count at a time
    this.link.tell({ type: "options", pose: model, exercise: counted, falls, place: (falls && place) || null, goal: counted && this.depth.goal });
    if (!this.skeleton) this.#notice("Getting the model ready…");
  }

  #heard(message) {
    switch (message.type) {
      case "ready":
        this.skeleton = plan(message);
        this.part("record").disabled = false;
        this.#notice("");
        break;
      case "poses":
        this.#poses(message);
        break;
      case "count":
        this.#count(message);
        break;
      case "test":
      case "test_result":
        this.trial.heard(message);
        break;
      case "depth":
        this.depth.heard(message);
        break;
      case "fall":
        this.#fall(message);
        break;
      case "recording":
        if (message.on) this.recordingId = message.id;
        break;
      case "error":
        this.#notice(message.reason);
        break;
      default: // dropped and refused: the place is free again, which `Link` saw to
        this.pump.claim(message.frame);
    }
  }

  #poses({ frame, people }) {
    const shot = this.pump.claim(frame);
    if (!shot || !this.skeleton) return;
    this.drawnMs = performance.now();
    this.#draw(shot.canvas, shot.canvas);
    drawPeople(this.context, this.skeleton, people, {
      scale: this.canvas.width / (shot.canvas.width * shot.shrunk),
      mirrored: this.part("mirror").checked,
      width: this.canvas.width,
    });
    this.figures.add(this.drawnMs, this.drawnMs - shot.capturedMs);
    this.root.dataset.frames = +this.root.dataset.frames + 1;
    this.root.dataset.people = people.length;
  }

  /** A picture of the camera. */
  #picture(picture, size, capturedMs) {
    this.#silent(0);
    if (this.recorder) this.#tick();
    if (performance.now() - (this.drawnMs ?? 0) > RAW_AFTER_MS) this.#draw(picture, size);
    this.pump.offer(picture, size, capturedMs);
  }

  #draw(picture, { width: pictureWidth, height: pictureHeight }) {
    // As fine as the screen, so that the skeletons are crisp over a small camera's picture.
    const shown = this.part("stage").clientWidth * devicePixelRatio;
    const finer = Math.min(Math.max(shown / pictureWidth, 1), FINEST);
    const [width, height] = [Math.round(pictureWidth * finer), Math.round(pictureHeight * finer)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    if (this.part("mirror").checked) this.context.setTransform(-1, 0, 0, 1, width, 0);
    this.context.drawImage(picture, 0, 0, width, height);
    this.context.resetTransform();
  }

  #countAnew() {
    this.counted = 0;
    this.countedBefore = 0;
    this.part("counter").hidden = true;
  }

  /** The count of a test, as that of repetitions. */
  #counted(count, title) {
    if (this.part("sound").checked) chime("count");
    if (this.part("speech").checked) say(String(count));
    const box = this.part("counter");
    box.querySelector("b").textContent = count;
    this.part("what").textContent = title;
    this.part("how").textContent = "";
    box.dataset.verdict = "";
    box.hidden = false;
  }

  #count({ exercise, count, verdict, advice, reason }) {
    const box = this.part("counter");
    const now = this.countedBefore + count;
    if (now > this.counted) {
      if (this.part("sound").checked) chime("count");
      if (this.part("speech").checked) say(verdict === "fault" && advice ? `${now}. ${advice}` : String(now));
    }
    this.counted = now;
    box.querySelector("b").textContent = now;
    this.part("what").textContent = exercise;
    this.part("how").textContent = reason || ({ good: "good", fault: advice || "fault", cannot_tell: "" }[verdict] ?? "");
    box.dataset.verdict = reason ? "" : (verdict ?? "");
    box.hidden = false;
  }

  #fall({ id }) {
    const at = new Date().toLocaleTimeString([], { hourCycle: "h23" });
    this.falls = [...this.falls, `Person ${id} fell at ${at}`].slice(-MOST_FALLS_TOLD);
    this.part("fall").querySelector("strong").textContent = this.falls.join("\n");
    this.part("fall").hidden = false;
    if (this.part("sound").checked) chime("alarm");
  }

  #seen() {
    this.falls = [];
    this.part("fall").hidden = true;
  }

  // Recording

  #pressRecord() {
    if (this.recorder) this.#endRecording();
    else if (this.countdown.running) this.countdown.stop();
    else if (this.part("delayed").checked) this.countdown.start(COUNTDOWN_S, () => this.stream && this.#record());
    else this.#record();
    this.#tick();
  }

  async #record() {
    if (this.cutting) return;
    const { longestS, mostBytes } = this.data;
    const end = (limit) => recorder === this.recorder && this.#endRecording(`The recording ended by itself: ${limit}.`);
    let recorder;
    try {
      recorder = new Recorder(this.stream, mostBytes ?? Infinity, () => {
        end(`more than ${mostBytes / 1e6} MB, the limit for uploads in Settings, cannot be kept`);
      });
      this.recorder = recorder;
      await recorder.start();
    } catch (error) {
      this.recorder = undefined;
      this.#notice(`This browser cannot record: ${error.message}`);
      return;
    }
    if (recorder !== this.recorder) return; // it was ended before it had begun
    this.link.sparing = true; // or the browser may find no time to record every picture
    if (this.data.skeletonsOnly) this.#keepJoints();
    // Not by the pictures, which do not come while the page is hidden.
    setTimeout(() => end(`more than ${clock(longestS)} minutes cannot be kept`), longestS * 1000);
    this.#tick();
  }

  #keepJoints() {
    const time_s = this.recorder.startedMs / 1000;
    this.link.tell({ type: "record", on: true, time_s, id: this.recordingId ?? null });
  }

  #tick() {
    this.part("recording").hidden = !this.recorder;
    this.part("recording").querySelector("b").textContent = clock(this.recorder?.seconds ?? 0);
    this.part("record").querySelector("span").textContent = this.recorder ? "End recording" : this.countdown.running ? "Do not record" : "Record";
    this.part("record").classList.toggle("on", Boolean(this.recorder));
    for (const name of ["camera-choice", "size-choice", "model-choice"]) this.part(name).disabled = Boolean(this.recorder);
    const testing = Boolean(this.trial) && this.trial.state !== "off";
    this.part("record").hidden = testing;
    this.part("exercise-choice").disabled = Boolean(this.trial?.test);
  }

  #dropRecording() {
    this.link.sparing = false;
    this.recorder?.drop();
    this.recorder = undefined;
    if (this.recordingId) fetch(`${this.data.skeletons}/${this.recordingId}`, { method: "DELETE", keepalive: true });
    this.recordingId = undefined;
    this.#tick();
  }

  /** End the recording; the answer is what `Cut` shows. */
  async #ended(why) {
    const { recorder, recordingId } = this;
    const tested = this.trial.take(recorder.startedMs);
    this.recorder = undefined;
    this.recordingId = undefined; // or it would be discarded with the camera
    this.link.tell({ type: "record", on: false });
    const recorded = await recorder.stop();
    const id = recordingId ?? this.recordingId; // which may have come in its last moment
    this.recordingId = undefined;
    return { ...recorded, id, why, tested, mirrored: this.part("mirror").checked };
  }

  async #endRecording(why = "", { stopped = false } = {}) {
    const { stream } = this;
    this.cutting = true;
    this.ending = this.#ended(why);
    const recorded = await this.ending;
    this.ending = undefined;
    if (this.stream !== stream) { // left meanwhile
      this.cutting = false;
      return;
    }
    this.link.sparing = false;
    this.#tick();
    this.frames.stop();
    this.pump.clear();
    this.link.close();
    if (stopped) this.#halt();
    await this.#toCut(recorded);
    if (stopped) this.#stop();
    if (!this.stream) return;
    if (stream.getVideoTracks()[0].readyState === "ended") {
      this.#fail(unplugged());
      return;
    }
    this.#show("live");
    this.link.open();
    await this.frames.start(stream);
  }

  /** What was recorded on a page that was left. */
  async #showDraft() {
    this.cutting = true;
    this.ending = draft; // left again before it is there, it goes on waiting
    draft = undefined;
    this.#show("cut");
    const recorded = await this.ending;
    if (draft) return;
    this.ending = undefined;
    this.cutting = false;
    if (recorded.video.size) await this.#toCut(recorded); // or it was left before there was a picture
    this.#show("off");
  }

  async #toCut(recorded) {
    this.cutting = true;
    this.#show("cut");
    const kept = await this.cut.show(recorded);
    this.cutting = false;
    if (kept) this.onKept(kept);
  }
}
