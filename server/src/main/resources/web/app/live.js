import { urlOf } from './api.js';

/** Where the server tells what happens, and what its events are called here. */
const STREAMS = {
  overview: { path: '/api/overview/events', events: { overview: 'overview', point: 'point' } },
  batches: {
    path: '/api/admin/warming/events',
    events: { progress: 'progress', paused: 'progress', complete: 'progress', query: 'query', deleted: 'gone', waiting: 'waiting' },
  },
};

/**
 * What happens, as the server tells it: of batches `progress`, `query`, `gone` and `waiting`; of everything
 * `overview` and `point`; and `link` when the connection comes or goes, `refused` when the server does
 * not want it. After a gap, listeners hear `link` and should look for themselves.
 *
 * One stream at a time, that which the page in front lives on: a browser has few connections to a
 * server, and all windows share them.
 */
class Live extends EventTarget {
  /** Whether what is shown is what is. */
  online = false;

  #name = 'overview';
  #source = null;
  #timer = 0;

  /** Follows this stream from now on, as soon as it may. */
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
    source.onopen = () => this.#link(true);
    source.onerror = () => this.#lost(source);
    for (const [kind, name] of Object.entries(events)) {
      source.addEventListener(kind, (event) => this.#tell(name, event, kind));
    }
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** The browser tries again by itself after a cut, but gives up when it is refused. */
  #lost(source) {
    this.#link(false);
    if (source.readyState === EventSource.CLOSED && source === this.#source) {
      this.dispatchEvent(new Event('refused'));
      this.#timer = setTimeout(() => this.start(), 3000);
    }
  }

  #link(online) {
    const changed = this.online !== online;
    this.online = online;
    if (changed || online) {
      this.dispatchEvent(new CustomEvent('link', { detail: { online } }));
    }
  }

  #tell(name, event, kind) {
    this.dispatchEvent(new CustomEvent(name, { detail: { ...JSON.parse(event.data), kind } }));
  }
}

export const live = new Live();
