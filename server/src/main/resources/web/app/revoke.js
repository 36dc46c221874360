import { html } from 'lit';
import { post } from './api.js';
import { confirm } from './confirm.js';
import { Part, say } from './part.js';

const KINDS = {
  user_id: { name: 'a user everywhere', title: 'Sign the user out everywhere?' },
  token_hash: { name: 'one session', title: 'End this session?' },
};

/** Takes sessions out of the cache before their time, by user or by the hash of a token. */
class RevokeForm extends Part {
  render() {
    return html`
      <form @submit=${this.#revoke}>
        <label>
          Whom
          <select name="kind">
            ${Object.entries(KINDS).map(([kind, { name }]) => html`<option value=${kind}>${name}</option>`)}
          </select>
        </label>
        <label>
          User id, or SHA-256 hash of the token
          <input name="value" required maxlength="200" autocomplete="off" spellcheck="false" />
        </label>
        ${this.trouble()}
        <button type="submit" class="outline danger" data-takes="use" ?disabled=${this.busy}>Sign out …</button>
      </form>
    `;
  }

  async #revoke(event) {
    event.preventDefault();
    const form = event.target;
    const kind = form.elements.kind.value;
    const value = form.elements.value.value.trim();
    const said = await confirm({
      title: KINDS[kind].title,
      text: `${value}: no application finds it in the cache from now on. What Postgres holds stays as it is.`,
      action: 'Sign out',
    });
    if (said === null) {
      return;
    }
    await this.attempt(async () => {
      await post('/api/sessions/revocations', { [kind]: value });
      say('Signed out');
      form.reset();
    });
  }
}

customElements.define('revoke-form', RevokeForm);
