import { html } from 'lit';
import { post } from './api.js';
import { confirm } from './confirm.js';
import { ConsoleElement, announce } from './element.js';

const KINDS = {
  user_id: { name: 'All sessions of a user', title: 'Sign this user out everywhere?' },
  token_hash: { name: 'One session', title: 'End this session?' },
};

/** A form that revokes sessions, by user or by token hash. */
class RevokeForm extends ConsoleElement {
  render() {
    return html`
      <form @submit=${this.#revoke}>
        <label>
          Revoke
          <select name="kind">
            ${Object.entries(KINDS).map(([kind, { name }]) => html`<option value=${kind}>${name}</option>`)}
          </select>
        </label>
        <label>
          User ID or SHA-256 token hash
          <input name="value" required maxlength="200" autocomplete="off" spellcheck="false" />
        </label>
        ${this.problemAlert()}
        <button type="submit" class="outline danger" data-permission="use" ?disabled=${this.busy}>Sign out…</button>
      </form>
    `;
  }

  async #revoke(event) {
    event.preventDefault();
    const form = event.target;
    const kind = form.elements.kind.value;
    const value = form.elements.value.value.trim();
    const confirmed = await confirm({
      title: KINDS[kind].title,
      text: `${value} is removed from the cache of all applications. Postgres is not changed.`,
      action: 'Sign out',
    });
    if (confirmed === null) {
      return;
    }
    await this.attempt(async () => {
      await post('/api/sessions/revocations', { [kind]: value });
      announce('Signed out');
      form.reset();
    });
  }
}

customElements.define('revoke-form', RevokeForm);
