import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, remove, send } from './api.js';
import { confirm } from './confirm.js';
import { Part, say } from './part.js';
import { moment, number } from './words.js';

/** What the stock pipeline answers from. */
class DocumentsPage extends Part {
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
      <p class="hint">What the stock pipeline answers from. A change marks the answers that rest on a document as stale.</p>
      ${this.trouble()}
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
              Scope (optional)<input name="scope" maxlength="200" autocomplete="off" placeholder="everybody's" />
            </label>
            <button type="submit" data-takes="operate" ?disabled=${this.busy} aria-busy=${this.busy}>Add</button>
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
      return html`<p class="hint">There are none, so the stock pipeline has nothing to answer from.</p>`;
    }
    return html`
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Title</th><th scope="col">Version</th><th scope="col">Characters</th><th scope="col">Changed</th>
            <th scope="col"><span class="unseen">What to do</span></th>
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
                <td data-label="Changed">${moment(document.changed_at)}</td>
                <td>
                  <button
                    type="button"
                    class="small outline danger"
                    data-takes="operate"
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
      say(`${document.title} is in the corpus`);
      event.target.reset();
      await this.#read();
    });
  }

  async #delete(document) {
    const said = await confirm({
      title: `Delete ${document.title}?`,
      text: 'It goes out of the corpus, and answers that rest on it become stale.',
      action: 'Delete the document',
    });
    if (said === null) {
      return;
    }
    await this.attempt(async () => {
      await remove(`/api/documents/${encodeURIComponent(document.id)}`, { scope: document.scope });
      say(`${document.title} is deleted`);
      await this.#read();
    });
  }
}

customElements.define('documents-page', DocumentsPage);
