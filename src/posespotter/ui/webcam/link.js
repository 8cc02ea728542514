// The socket: pictures up, joints down, at most two pictures under way, connected anew when it is lost.

const MOST_UNDER_WAY = 2;
const FORGOTTEN_AFTER_MS = 4000; // an answer that has not come by then will not come
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;
const SILENT = 1000; // the server lets go of a page that sends nothing for a minute: nothing is wrong
const BUSY = 1013;
const BUSY_WAIT_MS = 10000;

export class Link {
  /**
   * @param {string} path of the socket on this server
   * @param {object} on greeted() when a connection is made, message(object), lost(reason)
   */
  constructor(path, on) {
    this.url = new URL(path, document.baseURI);
    this.url.protocol = this.url.protocol === "https:" ? "wss:" : "ws:";
    this.on = on;
    this.underWay = new Map();
    this.most = MOST_UNDER_WAY;
    this.wanted = false;
    this.wait = FIRST_WAIT_MS;
    this.reason = "";
    this.wake = () => document.hidden || this.#connect();
  }

  open() {
    this.wanted = true;
    document.addEventListener("visibilitychange", this.wake);
    this.#connect();
  }

  close() {
    this.wanted = false;
    document.removeEventListener("visibilitychange", this.wake);
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = undefined;
    this.underWay.clear();
  }

  get connected() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Whether another picture may be sent now. */
  get free() {
    const late = performance.now() - FORGOTTEN_AFTER_MS;
    for (const [number, sent] of this.underWay) if (sent < late) this.underWay.delete(number);
    return this.connected && this.underWay.size < this.most;
  }

  /** While something else needs the processor, the server may be this one: let it rest between two pictures. */
  set sparing(sparing) {
    this.most = sparing ? 1 : MOST_UNDER_WAY;
  }

  /** Take a place before the picture is ready, so that there are never too many. */
  reserve(number) {
    this.underWay.set(number, performance.now());
  }

  release(number) {
    this.underWay.delete(number);
  }

  /** A picture: its number (uint32) and time (float64 seconds), little-endian, and then the JPEG. */
  picture(number, timeS, jpeg) {
    if (!this.connected) return this.release(number);
    const header = new DataView(new ArrayBuffer(12));
    header.setUint32(0, number, true);
    header.setFloat64(4, timeS, true);
    this.socket.send(new Blob([header, jpeg]));
  }

  tell(message) {
    if (this.connected) this.socket.send(JSON.stringify(message));
  }

  #connect() {
    clearTimeout(this.timer);
    if (!this.wanted || this.socket) return;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.wait = FIRST_WAIT_MS;
      this.reason = "";
      this.on.greeted();
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      const message = JSON.parse(data);
      if (message.type === "error") this.reason = message.reason;
      if (message.frame !== undefined) this.release(message.frame);
      this.on.message(message);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      this.socket = undefined;
      this.underWay.clear();
      if (!this.wanted) return;
      if (code !== SILENT) this.on.lost(this.reason);
      if (document.hidden) return; // `wake` connects when somebody looks again
      this.timer = setTimeout(() => this.#connect(), code === BUSY ? BUSY_WAIT_MS : this.wait);
      this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
    };
  }
}
