import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, remove } from './api.js';
import { answerOf } from './ask.js';
import { confirm } from './confirm.js';
import { ConsoleElement, announce, fact } from './element.js';
import { byteSize, dateTime, number, percent, plural } from './format.js';

const PAGE_SIZE = 25;

/** The cached answers and how they are used, with forms to find and delete them. */
class CachePage extends ConsoleElement {
  static properties = {
    stats: { state: true },
    top: { state: true },
    entries: { state: true },
    next: { state: true },
    search: { state: true },
    scope: { state: true },
    open: { state: true },
  };

  constructor() {
    super();
    this.stats = null;
    this.top = [];
    this.entries = null;
    this.next = null;
    this.search = '';
    this.scope = '';
    this.open = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  render() {
    return html`
      <h1>Cache</h1>
      ${this.problemAlert()} ${this.stats ? this.#figures() : nothing}
      <div class="columns">
        <section class="wide" aria-labelledby="entries-title">
          <h2 id="entries-title">Answers</h2>
          ${this.#searchForm()} ${this.#list()}
        </section>
        <section class="side">${this.#topQuestions()} ${this.#deleteForm()}</section>
      </div>
    `;
  }

  #figures() {
    const { entries, stale, bytes, asked, hits, hit_rate } = this.stats;
    const facts = [
      ['Answers', number(entries)],
      ['Stale', number(stale)],
      ['Size', byteSize(bytes)],
      ['Asks', number(asked)],
      ['Cache hits', number(hits)],
      ['Hit rate', percent(hit_rate)],
    ];
    return html`
      <dl class="facts">
        ${facts.map(([name, value]) => fact(name, value))}
      </dl>
    `;
  }

  #searchForm() {
    return html`
      <search><form class="inline" @submit=${this.#onSearch}>
        <label>Search<input type="search" name="search" maxlength="200" placeholder="Part of a question" /></label>
        <label>Scope<input name="scope" maxlength="200" autocomplete="off" placeholder="Any" /></label>
        <button type="submit" class="secondary">Search</button>
      </form></search>
    `;
  }

  #list() {
    if (this.entries === null) {
      return nothing;
    }
    if (this.entries.length === 0) {
      return html`<p class="hint">
        ${this.search || this.scope
          ? 'No matching answers.'
          : html`The cache is empty. <a href="#/answers">Queue questions</a> to warm it.`}
      </p>`;
    }
    return html`
      <table class="cards">
        <thead>
          <tr><th scope="col">Question</th><th scope="col">Stored</th><th scope="col">Expires</th><th scope="col">Hits</th></tr>
        </thead>
        ${repeat(this.entries, (entry) => entry.key, (entry) => this.#rows(entry))}
      </table>
      ${this.next == null
        ? nothing
        : html`<button type="button" class="secondary" ?disabled=${this.busy} @click=${this.#more}>Show more</button>`}
    `;
  }

  #rows(entry) {
    const isOpen = this.open === entry.key;
    return html`
      <tbody>
        <tr>
          <th scope="row">
            ${entry.question}
            ${entry.stale ? html`<span class="badge paused">Stale</span>` : nothing}
            ${entry.scope ? html`<small>scope ${entry.scope}</small>` : nothing}
            ${entry.aliases.length > 0 ? html`<small>Other wordings: ${entry.aliases.join(' · ')}</small>` : nothing}
          </th>
          <td data-label="Stored">${dateTime(entry.stored_at)}</td>
          <td data-label="Expires">${dateTime(entry.expires_at)}</td>
          <td data-label="Hits">${number(entry.hits)}</td>
        </tr>
        <tr class="actions">
          <td colspan="4">
            <div class="buttons" role="group" aria-label="Actions for ${entry.question}">
              <button
                type="button"
                class="small outline"
                aria-expanded=${isOpen ? 'true' : 'false'}
                @click=${() => (this.open = isOpen ? null : entry.key)}
              >
                ${isOpen ? 'Hide answer' : 'Show answer'}
              </button>
              <button
                type="button"
                class="small outline danger"
                data-permission="operate"
                @click=${() => this.#delete({ question: entry.question, scope: entry.scope }, entry.question)}
              >
                Delete
              </button>
            </div>
            ${isOpen ? html`<div class="answer">${answerOf(entry)}</div>` : nothing}
          </td>
        </tr>
      </tbody>
    `;
  }

  #topQuestions() {
    return html`
      <h2>Most asked</h2>
      ${this.top.length === 0
        ? html`<p class="hint">No asks yet.</p>`
        : html`<ol class="top">
            ${this.top.map(
              (top) => html`
                <li>
                  ${top.question}
                  <small>
                    ${plural(top.asked, 'ask')}, ${plural(top.hits, 'cache hit')}${top.expires_at ? '' : ' · not cached'}
                  </small>
                </li>
              `,
            )}
          </ol>`}
    `;
  }

  #deleteForm() {
    return html`
      <h2>Delete answers</h2>
      <form @submit=${this.#deleteMatching}>
        <label>
          Which
          <select name="what">
            <option value="document">Based on a document</option>
            <option value="scope">In a scope</option>
            <option value="question">To one question</option>
          </select>
        </label>
        <label>Document, scope or question<input name="value" required maxlength="4000" autocomplete="off" /></label>
        <button type="submit" class="outline danger" data-permission="operate" ?disabled=${this.busy}>Delete…</button>
      </form>
    `;
  }

  #load = () =>
    this.attempt(async () => {
      const [stats, top, page] = await Promise.all([
        get('/api/cache/stats'),
        get('/api/cache/top', { limit: 10 }),
        this.#page(null),
      ]);
      this.stats = stats;
      this.top = top.questions;
      this.entries = page.entries;
      this.next = page.next_cursor;
    });

  #page(cursor) {
    return get('/api/cache/entries', {
      search: this.search || null,
      scope: this.scope || null,
      limit: PAGE_SIZE,
      cursor,
    });
  }

  #onSearch(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    this.search = form.get('search').trim();
    this.scope = form.get('scope').trim();
    return this.#load();
  }

  #more() {
    return this.attempt(async () => {
      const page = await this.#page(this.next);
      this.entries = [...this.entries, ...page.entries];
      this.next = page.next_cursor;
    });
  }

  #deleteMatching(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const what = form.get('what');
    const value = form.get('value').trim();
    return this.#delete({ [what]: value }, `${what} ${value}`);
  }

  async #delete(which, words) {
    const confirmed = await confirm({
      title: 'Delete cached answers?',
      text: `The next ask calls the pipeline again: ${words}`,
      action: 'Delete',
    });
    if (confirmed === null) {
      return;
    }
    await this.attempt(async () => {
      const done = await remove('/api/cache/entries', which);
      announce(`${plural(done.deleted, 'answer')} deleted`);
    });
    await this.#load();
  }
}

customElements.define('cache-page', CachePage);
