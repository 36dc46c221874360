import { html, nothing } from 'lit';
import { newKey, post, send } from './api.js';
import { ConsoleElement, announce } from './element.js';
import { number, plural } from './format.js';

const PREVIEW_DELAY = 350;
const PREVIEW_ROWS = 8;

/**
 * A form for questions, as text or as a file, with a preview of what will be queued. Creates a batch, or
 * adds to the given one. Fires `queued` with the batch.
 */
class SubmitForm extends ConsoleElement {
  static properties = {
    batch: { attribute: false },
    text: { state: true },
    file: { state: true },
    preview: { state: true },
    refusal: { state: true },
  };

  #timer = 0;
  #request = 0;
  #key = newKey();

  constructor() {
    super();
    this.batch = null;
    this.#clear();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  #clear() {
    this.text = '';
    this.file = null;
    this.preview = null;
    this.refusal = null;
  }

  render() {
    const adds = this.batch !== null;
    return html`
      <form
        tabindex="-1"
        aria-label=${adds ? 'Add questions' : 'New batch'}
        @submit=${this.#submit}
        @input=${this.#changed}
      >
        <label>
          Questions, one per line
          <textarea
            name="questions"
            data-permission="operate"
            rows=${adds ? 3 : 6}
            spellcheck="false"
            placeholder="How long is a session kept?&#10;What happens when Redis is down?"
            .value=${this.text}
            ?disabled=${this.file !== null}
          ></textarea>
        </label>
        <label>
          Or a file (.txt, .csv or .md)
          <input type="file" name="file" data-permission="operate" accept=".txt,.csv,.md,text/plain,text/csv,text/markdown" />
        </label>
        ${adds ? nothing : this.#options()}
        <div aria-live="polite">${this.#forecast()}</div>
        ${this.problemAlert()}
        <button type="submit" data-permission="operate" ?disabled=${this.busy || !(this.preview?.total > 0)} aria-busy=${this.busy}>
          ${this.#action(adds)}
        </button>
      </form>
    `;
  }

  #options() {
    return html`
      <div class="grid">
        <label>Name (optional)<input name="name" maxlength="200" autocomplete="off" /></label>
        <label>
          Scope (optional)
          <input name="scope" maxlength="200" autocomplete="off" placeholder="all users" />
        </label>
      </div>
      <fieldset class="choices">
        <label><input type="checkbox" name="only_stale" />Skip questions with a fresh answer</label>
        <label><input type="checkbox" name="keep" />Keep duplicates</label>
      </fieldset>
    `;
  }

  #action(adds) {
    const count = this.preview?.total > 0 ? plural(this.preview.total, 'question') : 'questions';
    return adds ? `Add ${count}` : `Queue ${count}`;
  }

  #forecast() {
    if (this.refusal) {
      return html`<p class="problem"><span>${this.refusal}</span></p>`;
    }
    if (!this.preview) {
      return html`<p class="hint">A preview of queued and skipped lines appears here.</p>`;
    }
    const { total, questions, skipped } = this.preview;
    const left = this.preview.skipped_total ?? skipped.length;
    return html`
      <section class="preview" aria-label="Preview">
        <p>
          <strong>${plural(total, 'question')}</strong> will be queued${left > 0
            ? html`, <strong>${plural(left, 'line')}</strong> skipped`
            : nothing}.
        </p>
        <ol>
          ${questions.slice(0, PREVIEW_ROWS).map((question) => html`<li>${question}</li>`)}
        </ol>
        ${total > PREVIEW_ROWS ? html`<p class="hint">and ${number(total - PREVIEW_ROWS)} more</p>` : nothing}
        ${left === 0 ? nothing : this.#skipped(skipped, left)}
      </section>
    `;
  }

  #skipped(skipped, left) {
    return html`
      <details open>
        <summary>Skipped</summary>
        <ul>
          ${skipped
            .slice(0, 20)
            .map(({ line, text, reason }) => html`<li>Line ${line}: ${reason} <q>${text}</q></li>`)}
        </ul>
        ${left > 20 ? html`<p class="hint">and ${number(left - 20)} more</p>` : nothing}
      </details>
    `;
  }

  #changed(event) {
    if (event.target.name === 'questions') {
      this.text = event.target.value;
    } else if (event.target.name === 'file') {
      this.file = event.target.files[0] ?? null;
    }
    this.#key = newKey();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#updatePreview(), PREVIEW_DELAY);
  }

  async #updatePreview() {
    const request = ++this.#request;
    let preview = null;
    let refusal = null;
    if (this.file || this.text.trim()) {
      try {
        preview = await this.#fetchPreview();
      } catch (problem) {
        refusal = problem.message;
      }
    }
    if (request === this.#request) {
      this.preview = preview;
      this.refusal = refusal;
    }
  }

  #fetchPreview() {
    const path = '/api/admin/warming/queue/preview';
    return this.file
      ? send(path, this.#form())
      : post(path, { queries: this.text.split('\n'), options: this.#chosen() });
  }

  #chosen() {
    const form = new FormData(this.querySelector('form'));
    return {
      name: form.get('name') ?? '',
      scope: form.get('scope') ?? '',
      only_stale: form.has('only_stale'),
      duplicates: form.has('keep') ? 'keep' : 'skip',
    };
  }

  async #submit(event) {
    event.preventDefault();
    await this.attempt(async () => {
      const batch = this.file ? await this.#upload() : await this.#queue();
      announce(`${plural(this.preview.total, 'question')} queued`);
      this.#clear();
      this.#key = newKey();
      event.target.reset();
      event.target.focus();
      this.dispatchEvent(new CustomEvent('queued', { detail: batch }));
    });
  }

  #queue() {
    const queries = this.text.split('\n');
    return this.batch
      ? post(`/api/admin/warming/batches/${this.batch.id}/queries`, { queries })
      : post(
          '/api/admin/warming/queue/manual',
          { queries, options: this.#chosen() },
          { 'Idempotency-Key': this.#key },
        );
  }

  #upload() {
    return this.batch
      ? send(`/api/admin/warming/batches/${this.batch.id}/queries`, this.#form())
      : send('/api/admin/warming/queue/upload', this.#form(), { 'Idempotency-Key': this.#key });
  }

  /** The file comes last, since the server streams it and needs the options first. */
  #form() {
    const form = new FormData();
    Object.entries(this.#chosen()).forEach(([name, value]) => form.set(name, value));
    form.set('file', this.file);
    return form;
  }
}

customElements.define('submit-form', SubmitForm);
