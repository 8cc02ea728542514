// The camera's pictures, one after the other, as cheaply as this browser gives them.

export class Frames {
  /**
   * @param {HTMLVideoElement} video plays the camera where the browser gives its pictures in no other way
   * @param {Function} onPicture gets each picture (to draw at once, and not to keep), its size in px, and when the camera
   *   gave it, on the clock of `performance.now()`
   */
  constructor(video, onPicture) {
    this.video = video;
    this.onPicture = onPicture;
  }

  /** Begin; resolves once pictures can come. */
  async start(stream) {
    this.stop();
    this.stream = stream;
    // A video that plays makes the browser lay out and compose the whole page for each picture, shown or not.
    if (window.MediaStreamTrackProcessor) {
      this.#read(stream);
      return;
    }
    this.video.srcObject = stream;
    await this.video.play();
    this.#watch(stream);
  }

  stop() {
    this.stream = undefined;
    this.reader?.cancel();
    this.reader = undefined;
    this.video.srcObject = null;
  }

  async #read(stream) {
    const reader = new MediaStreamTrackProcessor({ track: stream.getVideoTracks()[0] }).readable.getReader();
    this.reader = reader;
    let aheadMs = Infinity; // of the camera's clock, the page's: by the picture that was under way the shortest
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      try {
        if (stream !== this.stream) return;
        const cameraMs = frame.timestamp / 1000;
        aheadMs = Math.min(aheadMs, performance.now() - cameraMs);
        const size = { width: frame.displayWidth, height: frame.displayHeight };
        if (!document.hidden) this.onPicture(frame, size, cameraMs + aheadMs);
      } finally {
        frame.close(); // the camera stops when its few buffers are held
      }
    }
  }

  #watch(stream) {
    const { video } = this;
    const seen = (now, metadata) => {
      if (stream !== this.stream) return;
      const size = { width: video.videoWidth, height: video.videoHeight };
      if (size.width) this.onPicture(video, size, metadata?.captureTime ?? now);
      next();
    };
    const next = () => (video.requestVideoFrameCallback ? video.requestVideoFrameCallback(seen) : requestAnimationFrame(seen));
    next();
  }
}
