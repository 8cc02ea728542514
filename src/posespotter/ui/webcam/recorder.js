// The camera's own pictures as a video, in the browser's memory until somebody keeps them.

const KINDS = ["video/webm;codecs=vp8", "video/webm;codecs=h264", "video/webm", "video/mp4"];
const BITS_PER_PIXEL = 0.28; // 2.6 Mbit/s for 640x480 at 30 frames a second
const PIECE_MS = 1000;

export class Recorder {
  /**
   * @param {MediaStream} stream of the camera
   * @param {number} mostBytes the video may have
   * @param {Function} onFull called when the next pieces could make it larger
   */
  constructor(stream, mostBytes, onFull) {
    const { width = 640, height = 480 } = stream.getVideoTracks()[0].getSettings();
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const videoBitsPerSecond = Math.round(width * height * 30 * BITS_PER_PIXEL);
    this.pieces = [];
    this.media = new MediaRecorder(stream, { mimeType, videoBitsPerSecond });
    let [bytes, largest] = [0, 0];
    this.media.ondataavailable = ({ data }) => {
      if (data.size) this.pieces.push(data);
      bytes += data.size;
      largest = Math.max(largest, data.size);
      if (bytes + 2 * largest > mostBytes) onFull();
    };
  }

  /** Begin; the answer is when, on the clock of `performance.now()`. */
  start() {
    return new Promise((resolve, reject) => {
      this.media.onstart = () => {
        this.startedMs = performance.now();
        resolve(this.startedMs);
      };
      this.media.onerror = ({ error }) => reject(error);
      this.media.start(PIECE_MS);
    });
  }

  get seconds() {
    return this.startedMs === undefined ? 0 : (performance.now() - this.startedMs) / 1000;
  }

  /** End; the answer is the video and its length. */
  stop() {
    const { seconds } = this;
    return new Promise((resolve) => {
      const finished = () => resolve({ video: new Blob(this.pieces, { type: this.media.mimeType }), seconds });
      if (this.media.state === "inactive") finished();
      this.media.onstop = finished;
      if (this.media.state !== "inactive") this.media.stop();
    });
  }

  /** End, and forget everything. */
  drop() {
    this.media.ondataavailable = null;
    if (this.media.state !== "inactive") this.media.stop();
    this.pieces = [];
  }
}
