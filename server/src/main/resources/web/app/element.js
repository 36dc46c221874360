import { LitElement, html, nothing } from 'lit';
import { can, denialOf } from './access.js';
import { serverEvents } from './events.js';

/** Fired on the window with a message to show briefly and to read out to screen readers. */
export const ANNOUNCEMENT = 'stoker-announcement';

export function announce(text) {
  window.dispatchEvent(new CustomEvent(ANNOUNCEMENT, { detail: text }));
}

/** One entry of a `dl`: a label and a value. A wide one takes a row of its own. */
export const fact = (name, value, wide = false) =>
  html`<div class=${wide ? 'wide' : nothing}><dt>${name}</dt><dd>${value}</dd></div>`;

/**
 * The base class of all elements of the console. Renders without a shadow root, so that the page's style
 * sheet applies. Controls with `data-permission` are disabled if the user lacks that permission.
 */
export class ConsoleElement extends LitElement {
  static properties = { problem: { state: true }, busy: { state: true } };

  #subscriptions = [];

  constructor() {
    super();
    this.problem = null;
    this.busy = false;
  }

  createRenderRoot() {
    return this;
  }

  updated() {
    for (const control of this.querySelectorAll('[data-permission]')) {
      if (!can(control.dataset.permission)) {
        control.disabled = true;
        control.title = denialOf(control.dataset.permission);
      }
    }
  }

  /** Calls back for each event of the source until the element is removed from the page. */
  listen(name, listener, source = serverEvents) {
    source.addEventListener(name, listener);
    this.#subscriptions.push([source, name, listener]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#subscriptions.forEach(([source, name, listener]) => source.removeEventListener(name, listener));
    this.#subscriptions = [];
  }

  /** Runs something that may fail, and shows the error if it does. True if it succeeded. */
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

  problemAlert() {
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
