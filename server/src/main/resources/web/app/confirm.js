import { html } from 'lit';
import { Part } from './part.js';

let dialog;

/**
 * Asks before something that cannot be undone. Gives the reason that was typed, empty for none;
 * null if it was not meant.
 */
export function confirm({ title, text, action, reason = false }) {
  dialog ??= document.body.appendChild(document.createElement('stoker-confirm'));
  return dialog.ask({ title, text, action, reason });
}

class StokerConfirm extends Part {
  static properties = { question: { state: true } };

  #settle = () => {};

  constructor() {
    super();
    this.question = { title: '', text: '', action: '', reason: false };
  }

  async ask(question) {
    this.#settle(null);
    this.question = question;
    await this.updateComplete;
    const box = this.querySelector('dialog');
    box.returnValue = '';
    this.querySelector('form').reset();
    box.showModal();
    return new Promise((settle) => (this.#settle = settle));
  }

  render() {
    const { title, text, action, reason } = this.question;
    return html`
      <dialog aria-labelledby="confirm-title" @close=${this.#closed}>
        <article>
          <h2 id="confirm-title">${title}</h2>
          <form @submit=${this.#meant}>
            <p>${text}</p>
            <label ?hidden=${!reason}>
              Reason (optional; kept in the history)
              <input name="reason" maxlength="200" autocomplete="off" />
            </label>
            <footer>
              <button type="button" class="secondary" @click=${this.#close}>Leave it</button>
              <button type="submit" class="danger">${action}</button>
            </footer>
          </form>
        </article>
      </dialog>
    `;
  }

  #meant(event) {
    event.preventDefault();
    this.#settle(new FormData(event.target).get('reason').trim());
    this.#close();
  }

  #close() {
    this.querySelector('dialog').close();
  }

  #closed() {
    this.#settle(null);
  }
}

customElements.define('stoker-confirm', StokerConfirm);
