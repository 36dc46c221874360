import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, remove, send } from './api.js';
import { confirm } from './confirm.js';
import { ConsoleElement, announce } from './element.js';
import { dateTime, number } from './format.js';

/** The documents that the built-in pipeline answers from. */
class DocumentsPage extends ConsoleElement {
  static properties = { documents: { state: true } };

  constructor() {
    super();
    this.documents = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.#read());
  }

  render() {
    return html`
      <h1>Documents</h1>
      <p class="hint">Documents that the built-in pipeline answers from. Changing one marks the answers based on it as stale.</p>
      ${this.problemAlert()}
      <div class="columns">
        <section class="side" aria-labelledby="upload-title">
          <h2 id="upload-title">Add or replace</h2>
          <form @submit=${this.#add}>
            <label>
              File (text, Markdown or PDF)
              <input type="file" name="file" required accept=".txt,.md,.pdf,text/plain,text/markdown,application/pdf" />
            </label>
            <label>Title (optional)<input name="title" maxlength="200" autocomplete="off" /></label>
            <label>
              Scope (optional)<input name="scope" maxlength="200" autocomplete="off" placeholder="all users" />
            </label>
            <button type="submit" data-permission="operate" ?disabled=${this.busy} aria-busy=${this.busy}>Add</button>
          </form>
        </section>
        <section class="wide" aria-labelledby="documents-title">
          <h2 id="documents-title">All documents</h2>
          ${this.#table()}
        </section>
      </div>
    `;
  }

  #table() {
    if (this.documents === null) {
      return nothing;
    }
    if (this.documents.length === 0) {
      return html`<p class="hint">No documents yet. The built-in pipeline needs at least one.</p>`;
    }
    return html`
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Title</th><th scope="col">Version</th><th scope="col">Characters</th><th scope="col">Changed</th>
            <th scope="col"><span class="unseen">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            this.documents,
            (document) => document.id + '\n' + document.scope,
            (document) => html`
              <tr>
                <th scope="row">
                  ${document.title}<small>${document.id}${document.scope ? ` · scope ${document.scope}` : ''}</small>
                </th>
                <td data-label="Version">${number(document.version)}</td>
                <td data-label="Characters">${number(document.characters)}</td>
                <td data-label="Changed">${dateTime(document.changed_at)}</td>
                <td>
                  <button
                    type="button"
                    class="small outline danger"
                    data-permission="operate"
                    aria-label="Delete ${document.title}"
                    @click=${() => this.#delete(document)}
                  >
                    Delete
                  </button>
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    `;
  }

  async #read() {
    this.documents = (await get('/api/documents')).documents;
  }

  #add(event) {
    event.preventDefault();
    const form = new FormData();
    for (const [name, value] of new FormData(event.target)) {
      if (value !== '') {
        form.append(name, value);
      }
    }
    return this.attempt(async () => {
      const document = await send('/api/documents', form);
      announce(`${document.title} added`);
      event.target.reset();
      await this.#read();
    });
  }

  async #delete(document) {
    const confirmed = await confirm({
      title: `Delete ${document.title}?`,
      text: 'It is removed from the corpus, and answers based on it become stale.',
      action: 'Delete document',
    });
    if (confirmed === null) {
      return;
    }
    await this.attempt(async () => {
      await remove(`/api/documents/${encodeURIComponent(document.id)}`, { scope: document.scope });
      announce(`${document.title} deleted`);
      await this.#read();
    });
  }
}

customElements.define('documents-page', DocumentsPage);
