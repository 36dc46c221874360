import { can } from './access.js';
import { post } from './api.js';

/** How long a change of focus has to last before it is reported. */
const DEBOUNCE_MILLIS = 500;

const EVENTS = [
  [document, 'visibilitychange'],
  [window, 'focus'],
  [window, 'blur'],
];

const pathOf = (id) => `/api/prompts/conversations/${encodeURIComponent(id)}/hint`;

/**
 * Reports to the server whether the selected conversation has the user's attention, which helps to
 * predict when they come back. Best effort: lost reports are not repeated.
 */
export class Presence {
  #current = null;
  #sent = null;
  #timer = 0;

  start() {
    EVENTS.forEach(([source, name]) => source.addEventListener(name, this.#schedule));
    addEventListener('pagehide', this.#sendBlur);
  }

  stop() {
    EVENTS.forEach(([source, name]) => source.removeEventListener(name, this.#schedule));
    removeEventListener('pagehide', this.#sendBlur);
    this.#sendBlur();
    this.#current = null;
  }

  /**
   * Selects the conversation to report on.
   *
   * @param since when its user became idle, since a hint is valid until the next turn; null if its policy
   *   does not use hints
   */
  show(id, since) {
    if (this.#current?.id !== id || this.#current.since !== since) {
      this.#current = { id, since };
      this.#schedule();
    }
  }

  #schedule = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), DEBOUNCE_MILLIS);
  };

  #send() {
    if (this.#current === null || !can('use')) {
      return;
    }
    const { id, since } = this.#current;
    if (this.#sent?.focused && this.#sent.id !== id) {
      hint(this.#sent.id, false);
      this.#sent = null;
    }
    if (since === null) {
      this.#sent = null;
      return;
    }
    const focused = document.visibilityState === 'visible' && document.hasFocus();
    if (this.#sent?.id !== id || this.#sent.since !== since || this.#sent.focused !== focused) {
      this.#sent = { id, since, focused };
      hint(id, focused);
    }
  }

  /** By beacon, because the page may be unloading. */
  #sendBlur = () => {
    clearTimeout(this.#timer);
    if (this.#sent?.focused) {
      const body = new Blob([JSON.stringify({ focused: false })], { type: 'application/json' });
      navigator.sendBeacon(pathOf(this.#sent.id), body);
    }
    this.#sent = null;
  };
}

const hint = (id, focused) => post(pathOf(id), { focused }).catch(() => {});
