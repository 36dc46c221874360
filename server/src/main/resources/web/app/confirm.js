import { html } from 'lit';
import { ConsoleElement } from './element.js';

let dialog;

/**
 * Shows a confirmation dialog. Resolves to the reason entered, empty for none; to null if the user
 * went back.
 */
export function confirm({ title, text, action, reason = false }) {
  dialog ??= document.body.appendChild(document.createElement('stoker-confirm'));
  return dialog.ask({ title, text, action, reason });
}

class StokerConfirm extends ConsoleElement {
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
          <form @submit=${this.#onSubmit}>
            <p>${text}</p>
            <label ?hidden=${!reason}>
              Reason (optional, shown in the history)
              <input name="reason" maxlength="200" autocomplete="off" />
            </label>
            <footer>
              <button type="button" class="secondary" @click=${this.#close}>Go back</button>
              <button type="submit" class="danger">${action}</button>
            </footer>
          </form>
        </article>
      </dialog>
    `;
  }

  #onSubmit(event) {
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
