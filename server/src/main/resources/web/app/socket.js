import { urlOf } from './api.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const JITTER = 0.2;

/** A connection that lasted so long was a good one. */
const GOOD = 5000;

/**
 * A WebSocket that comes back by itself. Tells `frame` with each frame, `link` when it comes, goes
 * or waits, and `refused` when it could not even be opened.
 */
export class Socket extends EventTarget {
  online = false;

  /** When it tries again, in milliseconds since 1970; null while it does not wait. */
  again = null;

  #path;
  #socket = null;
  #timer = 0;
  #failures = 0;
  #opened = Infinity;

  constructor(path) {
    super();
    this.#path = path;
    addEventListener('online', () => this.again && this.start());
  }

  start() {
    this.stop();
    const socket = new WebSocket(urlOf(this.#path).replace(/^http/, 'ws'));
    this.#socket = socket;
    socket.onopen = () => {
      this.#opened = Date.now();
      this.#link(true, null);
    };
    socket.onmessage = ({ data }) => this.dispatchEvent(new CustomEvent('frame', { detail: JSON.parse(data) }));
    socket.onclose = () => this.#lost(socket);
  }

  stop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.online = false;
    this.again = null;
    socket?.close();
  }

  /** Sends a frame. False if nobody is there to take it. */
  send(frame) {
    if (this.online) {
      this.#socket.send(JSON.stringify(frame));
    }
    return this.online;
  }

  #lost(socket) {
    if (socket !== this.#socket) {
      return; // It was closed on purpose.
    }
    if (!this.online) {
      this.dispatchEvent(new Event('refused'));
    }
    if (Date.now() - this.#opened > GOOD) {
      this.#failures = 0;
    }
    this.#opened = Infinity;
    const wait = Math.min(FIRST_WAIT * 2 ** this.#failures++, LONGEST_WAIT);
    const spread = wait * (1 + JITTER * (2 * Math.random() - 1));
    this.#timer = setTimeout(() => this.start(), spread);
    this.#link(false, Date.now() + spread);
  }

  #link(online, again) {
    this.online = online;
    this.again = again;
    this.dispatchEvent(new CustomEvent('link', { detail: { online } }));
  }
}
