import { LitElement, html, nothing } from 'lit';
import { live } from './live.js';
import { may, whyNot } from './who.js';

/** Told on the window with something that everybody should hear, also who cannot see the page. */
export const SAID = 'stoker-said';

export function say(text) {
  window.dispatchEvent(new CustomEvent(SAID, { detail: text }));
}

/**
 * A part of the page. Renders into the page itself, so that its one style sheet applies; listens
 * to `live` while it is shown. What says by `data-takes` that it takes more than one may do here is
 * disabled.
 */
export class Part extends LitElement {
  static properties = { problem: { state: true }, busy: { state: true } };

  #ears = [];

  constructor() {
    super();
    this.problem = null;
    this.busy = false;
  }

  createRenderRoot() {
    return this;
  }

  updated() {
    for (const control of this.querySelectorAll('[data-takes]')) {
      if (!may(control.dataset.takes)) {
        control.disabled = true;
        control.title = whyNot(control.dataset.takes);
      }
    }
  }

  /** Calls back for each such event, of `live` unless told otherwise, until the part leaves the page. */
  hear(name, listener, source = live) {
    source.addEventListener(name, listener);
    this.#ears.push([source, name, listener]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#ears.forEach(([source, name, listener]) => source.removeEventListener(name, listener));
    this.#ears = [];
  }

  /** Does something that can fail, and shows why if it does. True if it worked. */
  async attempt(work) {
    this.busy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (problem) {
      this.problem = problem;
      return false;
    } finally {
      this.busy = false;
    }
  }

  trouble() {
    if (!this.problem) {
      return nothing;
    }
    return html`
      <p class="problem" role="alert">
        <span>${this.problem.message}</span>
        <button type="button" class="plain" aria-label="Dismiss" @click=${() => (this.problem = null)}>×</button>
      </p>
    `;
  }
}
