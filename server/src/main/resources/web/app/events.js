import { urlOf } from './api.js';

/** The server's event streams, and the names under which their events are fired here. */
const STREAMS = {
  overview: { path: '/api/overview/events', events: { overview: 'overview', point: 'point' } },
  batches: {
    path: '/api/admin/warming/events',
    events: { progress: 'progress', paused: 'progress', complete: 'progress', query: 'query', deleted: 'deleted', waiting: 'waiting' },
  },
};

/**
 * The server-sent events: `progress`, `query`, `deleted` and `waiting` of batches; `overview` and `point` of
 * the overview; `connection` when the connection opens or fails, `refused` when the server rejects it. Events
 * may have been missed before a `connection`, so listeners should reload.
 *
 * Only one stream is open, that of the page shown: a browser opens few connections to a server, for all
 * its windows together.
 */
class ServerEvents extends EventTarget {
  /** Whether the connection is open, so that what is shown is current. */
  online = false;

  #name = 'overview';
  #source = null;
  #timer = 0;

  /** Switches to this stream; before `start`, only remembers it. */
  follow(name) {
    if (name !== this.#name) {
      this.#name = name;
      if (this.#source) {
        this.start();
      }
    }
  }

  start() {
    this.stop();
    const { path, events } = STREAMS[this.#name];
    const source = new EventSource(urlOf(path));
    this.#source = source;
    source.onopen = () => this.#setOnline(true);
    source.onerror = () => this.#onError(source);
    for (const [kind, name] of Object.entries(events)) {
      source.addEventListener(kind, (event) => this.#forward(name, event, kind));
    }
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** Browsers reconnect by themselves after a lost connection, but not after an error response. */
  #onError(source) {
    this.#setOnline(false);
    if (source.readyState === EventSource.CLOSED && source === this.#source) {
      this.dispatchEvent(new Event('refused'));
      this.#timer = setTimeout(() => this.start(), 3000);
    }
  }

  #setOnline(online) {
    const changed = this.online !== online;
    this.online = online;
    if (changed || online) {
      this.dispatchEvent(new CustomEvent('connection', { detail: { online } }));
    }
  }

  #forward(name, event, kind) {
    this.dispatchEvent(new CustomEvent(name, { detail: { ...JSON.parse(event.data), kind } }));
  }
}

export const serverEvents = new ServerEvents();
