import { urlOf } from './api.js';

const FIRST_DELAY = 500;
const MAX_DELAY = 30_000;
const JITTER = 0.2;

/** A connection that lasted this long resets the backoff. */
const STABLE_AFTER = 5000;

/**
 * A WebSocket that reconnects with exponential backoff. Fires `frame` with each frame, `connection` when it
 * opens, fails or schedules a reconnect, and `refused` when it could not be opened.
 */
export class Socket extends EventTarget {
  online = false;

  /** When it reconnects, in milliseconds since 1970; null if no attempt is scheduled. */
  retryAt = null;

  #path;
  #socket = null;
  #timer = 0;
  #failures = 0;
  #opened = Infinity;

  constructor(path) {
    super();
    this.#path = path;
    addEventListener('online', () => this.retryAt && this.start());
  }

  start() {
    this.stop();
    const socket = new WebSocket(urlOf(this.#path).replace(/^http/, 'ws'));
    this.#socket = socket;
    socket.onopen = () => {
      this.#opened = Date.now();
      this.#setOnline(true, null);
    };
    socket.onmessage = ({ data }) => this.dispatchEvent(new CustomEvent('frame', { detail: JSON.parse(data) }));
    socket.onclose = () => this.#onClose(socket);
  }

  stop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.online = false;
    this.retryAt = null;
    if (socket?.readyState === WebSocket.CONNECTING) {
      socket.onopen = () => socket.close(); // Closed earlier, the browser would log an error.
    } else {
      socket?.close();
    }
  }

  /** Sends a frame. False if not connected. */
  send(frame) {
    if (this.online) {
      this.#socket.send(JSON.stringify(frame));
    }
    return this.online;
  }

  #onClose(socket) {
    if (socket !== this.#socket) {
      return; // Closed by `stop`.
    }
    if (!this.online) {
      this.dispatchEvent(new Event('refused'));
    }
    if (Date.now() - this.#opened > STABLE_AFTER) {
      this.#failures = 0;
    }
    this.#opened = Infinity;
    const delay = Math.min(FIRST_DELAY * 2 ** this.#failures++, MAX_DELAY);
    const jittered = delay * (1 + JITTER * (2 * Math.random() - 1));
    this.#timer = setTimeout(() => this.start(), jittered);
    this.#setOnline(false, Date.now() + jittered);
  }

  #setOnline(online, retryAt) {
    this.online = online;
    this.retryAt = retryAt;
    this.dispatchEvent(new CustomEvent('connection', { detail: { online } }));
  }
}
