import { post } from './api.js';
import { may } from './who.js';

/** So long, in milliseconds, it has to stay that somebody looks, or does not. */
const CALM = 500;

const EVENTS = [
  [document, 'visibilitychange'],
  [window, 'focus'],
  [window, 'blur'],
];

const pathOf = (id) => `/api/prompts/conversations/${encodeURIComponent(id)}/hint`;

/**
 * Tells the server whether somebody looks at the conversation in front, which says something about
 * when its user comes back. It is a hint, and nobody minds if it gets lost.
 */
export class Presence {
  #front = null;
  #told = null;
  #timer = 0;

  start() {
    EVENTS.forEach(([source, name]) => source.addEventListener(name, this.#soon));
    addEventListener('pagehide', this.#leave);
  }

  stop() {
    EVENTS.forEach(([source, name]) => source.removeEventListener(name, this.#soon));
    removeEventListener('pagehide', this.#leave);
    this.#leave();
    this.#front = null;
  }

  /**
   * Says which conversation is in front.
   *
   * @param since when its user went away, for a hint holds until the next turn; null if nobody weighs
   *   whether they come back, so that no hint is needed
   */
  show(id, since) {
    if (this.#front?.id !== id || this.#front.since !== since) {
      this.#front = { id, since };
      this.#soon();
    }
  }

  #soon = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), CALM);
  };

  #tell() {
    if (this.#front === null || !may('use')) {
      return;
    }
    const { id, since } = this.#front;
    if (this.#told?.focused && this.#told.id !== id) {
      hint(this.#told.id, false);
      this.#told = null;
    }
    if (since === null) {
      this.#told = null;
      return;
    }
    const focused = document.visibilityState === 'visible' && document.hasFocus();
    if (this.#told?.id !== id || this.#told.since !== since || this.#told.focused !== focused) {
      this.#told = { id, since, focused };
      hint(id, focused);
    }
  }

  /** The page may be gone before an answer comes. */
  #leave = () => {
    clearTimeout(this.#timer);
    if (this.#told?.focused) {
      const body = new Blob([JSON.stringify({ focused: false })], { type: 'application/json' });
      navigator.sendBeacon(pathOf(this.#told.id), body);
    }
    this.#told = null;
  };
}

const hint = (id, focused) => post(pathOf(id), { focused }).catch(() => {});
