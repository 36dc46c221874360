import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, remove } from './api.js';
import { answerOf } from './ask.js';
import { confirm } from './confirm.js';
import { Part, say } from './part.js';
import { moment, number, plural, share, size } from './words.js';

const MOST = 25;

/** What the cache holds, how it is used, and how to make it forget. */
class CachePage extends Part {
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
    this.#look();
  }

  render() {
    return html`
      <h1>Cache</h1>
      ${this.trouble()} ${this.stats ? this.#numbers() : nothing}
      <div class="columns">
        <section class="wide" aria-labelledby="entries-title">
          <h2 id="entries-title">Answers</h2>
          ${this.#finder()} ${this.#list()}
        </section>
        <section class="side">${this.#often()} ${this.#forgetting()}</section>
      </div>
    `;
  }

  #numbers() {
    const { entries, stale, bytes, asked, hits, hit_rate } = this.stats;
    const facts = [
      ['Answers', number(entries)],
      ['of them stale', number(stale)],
      ['Size', size(bytes)],
      ['Asked', number(asked)],
      ['from the cache', number(hits)],
      ['Hit rate', share(hit_rate)],
    ];
    return html`
      <dl class="facts">
        ${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
      </dl>
    `;
  }

  #finder() {
    return html`
      <search><form class="inline" @submit=${this.#find}>
        <label>Search<input type="search" name="search" maxlength="200" placeholder="part of a question" /></label>
        <label>Scope<input name="scope" maxlength="200" autocomplete="off" placeholder="any" /></label>
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
          ? 'No answer fits.'
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
            ${entry.stale ? html`<span class="badge paused">stale</span>` : nothing}
            ${entry.scope ? html`<small>scope ${entry.scope}</small>` : nothing}
            ${entry.aliases.length > 0 ? html`<small>also: ${entry.aliases.join(' · ')}</small>` : nothing}
          </th>
          <td data-label="Stored">${moment(entry.stored_at)}</td>
          <td data-label="Expires">${moment(entry.expires_at)}</td>
          <td data-label="Hits">${number(entry.hits)}</td>
        </tr>
        <tr class="actions">
          <td colspan="4">
            <div class="moves" role="group" aria-label="What to do with ${entry.question}">
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
                data-takes="operate"
                @click=${() => this.#forget({ question: entry.question, scope: entry.scope }, entry.question)}
              >
                Forget
              </button>
            </div>
            ${isOpen ? html`<div class="answer">${answerOf(entry)}</div>` : nothing}
          </td>
        </tr>
      </tbody>
    `;
  }

  #often() {
    return html`
      <h2>Asked most</h2>
      ${this.top.length === 0
        ? html`<p class="hint">Nobody has asked yet.</p>`
        : html`<ol class="top">
            ${this.top.map(
              (top) => html`
                <li>
                  ${top.question}
                  <small>
                    ${number(top.asked)}× asked, ${number(top.hits)} from the cache${top.expires_at
                      ? ''
                      : ' · not in the cache now'}
                  </small>
                </li>
              `,
            )}
          </ol>`}
    `;
  }

  #forgetting() {
    return html`
      <h2>Forget answers</h2>
      <form @submit=${this.#forgetSome}>
        <label>
          Which
          <select name="what">
            <option value="document">those that rest on a document</option>
            <option value="scope">those of a scope</option>
            <option value="question">the one to a question</option>
          </select>
        </label>
        <label>Document, scope or question<input name="value" required maxlength="4000" autocomplete="off" /></label>
        <button type="submit" class="outline danger" data-takes="operate" ?disabled=${this.busy}>Forget …</button>
      </form>
    `;
  }

  #look = () =>
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
      limit: MOST,
      cursor,
    });
  }

  #find(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    this.search = form.get('search').trim();
    this.scope = form.get('scope').trim();
    return this.#look();
  }

  #more() {
    return this.attempt(async () => {
      const page = await this.#page(this.next);
      this.entries = [...this.entries, ...page.entries];
      this.next = page.next_cursor;
    });
  }

  #forgetSome(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const what = form.get('what');
    const value = form.get('value').trim();
    return this.#forget({ [what]: value }, `${what} ${value}`);
  }

  async #forget(which, words) {
    const said = await confirm({
      title: 'Forget?',
      text: `The next who asks waits for the pipeline again: ${words}`,
      action: 'Forget',
    });
    if (said === null) {
      return;
    }
    await this.attempt(async () => {
      const done = await remove('/api/cache/entries', which);
      say(`${plural(done.deleted, 'answer')} forgotten`);
    });
    await this.#look();
  }
}

customElements.define('cache-page', CachePage);
