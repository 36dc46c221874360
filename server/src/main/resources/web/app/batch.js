import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, post, remove } from './api.js';
import { answerOf } from './ask.js';
import { confirm } from './confirm.js';
import { isOver, title } from './moves.js';
import { Part, say } from './part.js';
import { after, badge, progress, timeLeft } from './queue.js';
import './submit.js';
import './waiting.js';
import { label, moment, number, span } from './words.js';

const MOST = 25;
const AT_MOST_EVERY = 1000;
const STATES = ['pending', 'processing', 'completed', 'failed', 'skipped', 'cancelled'];
const CAN_RETRY = new Set(['failed', 'skipped', 'cancelled']);

/** One batch: how it goes, each of its questions, and what was done to it. */
class BatchPage extends Part {
  static properties = {
    number: { attribute: false },
    batch: { state: true },
    history: { state: true },
    queries: { state: true },
    status: { state: true },
    cursors: { state: true },
    next: { state: true },
    reason: { state: true },
    shown: { state: true },
    missing: { state: true },
  };

  #timer = 0;
  #turn = 0;

  constructor() {
    super();
    this.number = 0;
    this.batch = null;
    this.history = [];
    this.queries = null;
    this.status = '';
    this.cursors = [null];
    this.next = null;
    this.reason = '';
    this.shown = new Map();
    this.missing = false;
  }

  get #path() {
    return `/api/admin/warming/batches/${this.number}`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('progress', ({ detail }) => this.#news(detail));
    this.hear('query', ({ detail }) => this.#news(detail));
    this.hear('gone', ({ detail }) => (this.missing ||= detail.batch_id === this.number));
    this.hear('waiting', () => this.#look());
    this.hear('link', ({ detail }) => (detail.online ? this.#look() : this.requestUpdate()));
    this.#look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  render() {
    const back = html`<p><a href="#/answers">← All batches</a></p>`;
    if (this.missing) {
      return html`${back}<h1>Batch ${this.number}</h1><p>There is no such batch any more.</p>`;
    }
    if (!this.batch) {
      return html`${back}<h1>Batch ${this.number}</h1>${this.trouble()}`;
    }
    return html`
      ${back}
      <h1>${title(this.batch)} ${badge(this.batch.status)}</h1>
      ${this.#overview()} ${this.trouble()} ${this.#questions()}
      ${isOver(this.batch) ? nothing : this.#adding()} ${this.#past()}
    `;
  }

  #overview() {
    const batch = this.batch;
    return html`
      <section aria-label="Progress">
        ${progress(batch)}
        <queue-waiting .waiting=${isOver(batch) || batch.status === 'paused' ? null : batch.waiting}></queue-waiting>
        ${batch.current && batch.status === 'running' ? html`<p class="hint">Now: ${batch.current}</p>` : nothing}
        <dl class="facts">
          <div><dt>Time left</dt><dd>${timeLeft(batch)}</dd></div>
          <div><dt>Queued</dt><dd>${moment(batch.created_at)}</dd></div>
          <div><dt>Started</dt><dd>${moment(batch.started_at)}</dd></div>
          <div><dt>Over</dt><dd>${moment(batch.ended_at)}</dd></div>
          <div><dt>Scope</dt><dd>${batch.scope || "everybody's"}</dd></div>
          <div><dt>Fresh answers</dt><dd>${batch.only_stale ? 'are left alone' : 'are replaced'}</dd></div>
        </dl>
        <label class="reason">
          Reason for the next move (optional; kept in the history)
          <input
            name="reason"
            maxlength="200"
            autocomplete="off"
            .value=${this.reason}
            @input=${(event) => (this.reason = event.target.value)}
          />
        </label>
        <batch-moves
          .batch=${batch}
          .reason=${this.reason.trim()}
          @moved=${this.#moved}
          @gone=${() => (location.hash = '#/answers')}
        ></batch-moves>
      </section>
    `;
  }

  #questions() {
    return html`
      <section aria-labelledby="questions-title">
        <div class="bar">
          <h2 id="questions-title">Questions</h2>
          <label>
            Show
            <select name="status" @change=${this.#filter}>
              <option value="">all</option>
              ${STATES.map((state) => html`<option value=${state}>${state}</option>`)}
            </select>
          </label>
        </div>
        ${this.queries?.length === 0
          ? html`<p class="hint">${this.status ? `No question is ${this.status}.` : 'There are none.'}</p>`
          : this.#table()}
        <nav class="pages" aria-label="Pages of questions">
          <button type="button" class="secondary" ?disabled=${this.cursors.length < 2} @click=${this.#previous}>
            Previous
          </button>
          <span>Page ${this.cursors.length}</span>
          <button type="button" class="secondary" ?disabled=${this.next == null} @click=${this.#following}>Next</button>
        </nav>
      </section>
    `;
  }

  #table() {
    return html`
      <table class="cards">
        <thead>
          <tr><th scope="col">Question</th><th scope="col">State</th><th scope="col">Attempts</th><th scope="col">Took</th></tr>
        </thead>
        ${repeat(this.queries ?? [], (query) => query.id, (query) => this.#rows(query))}
      </table>
    `;
  }

  #rows(query) {
    const answer = this.shown.get(query.id);
    return html`
      <tbody data-query=${query.id}>
        <tr>
          <th scope="row">${number(query.position + 1)}. ${query.text}</th>
          <td data-label="State">
            ${badge(query.status)}
            ${query.outcome && query.outcome !== query.status ? html`<small>${label(query.outcome)}</small>` : nothing}
          </td>
          <td data-label="Attempts">${number(query.attempts)}</td>
          <td data-label="Took">${query.took_ms == null ? '–' : took(query.took_ms)}</td>
        </tr>
        <tr class="actions">
          <td colspan="4">
            ${query.error ? html`<p class="why">${query.error}</p>` : nothing}
            ${query.not_before ? html`<p class="why">Again at ${moment(query.not_before)}</p>` : nothing}
            <div class="moves" role="group" aria-label="What to do with question ${query.position + 1}">
              <button
                type="button"
                class="small outline"
                aria-expanded=${this.shown.has(query.id) ? 'true' : 'false'}
                ?disabled=${query.status === 'pending' || query.status === 'processing'}
                @click=${() => this.#toggle(query)}
              >
                ${this.shown.has(query.id) ? 'Hide answer' : 'Show answer'}
              </button>
              <button
                type="button"
                class="small outline"
                data-takes="operate"
                ?disabled=${!CAN_RETRY.has(query.status)}
                @click=${() => this.#retry(query)}
              >
                Retry
              </button>
              <button type="button" class="small outline danger" data-takes="operate" @click=${() => this.#delete(query)}>Delete</button>
            </div>
            ${answer === undefined
              ? nothing
              : html`<div class="answer" role="region" aria-label="Answer to question ${query.position + 1}">
                  ${answer === null ? html`<p class="hint">The cache holds no answer to it.</p>` : answerOf(answer)}
                </div>`}
          </td>
        </tr>
      </tbody>
    `;
  }

  #adding() {
    return html`
      <details>
        <summary>Add questions while it runs</summary>
        <submit-form .batch=${this.batch} @queued=${this.#look}></submit-form>
      </details>
    `;
  }

  #past() {
    return html`
      <section aria-labelledby="history-title">
        <h2 id="history-title">History</h2>
        <ol class="history">
          ${this.history.map(
            (change) => html`
              <li>
                <time datetime=${change.at}>${moment(change.at)}</time>
                <span>${label(change.what)}${change.reason ? html`: <q>${change.reason}</q>` : nothing}</span>
                ${badge(change.status)}
              </li>
            `,
          )}
        </ol>
      </section>
    `;
  }

  #look = () => this.attempt(() => this.#read());

  async #read() {
    const turn = ++this.#turn;
    try {
      const [batch, page] = await Promise.all([
        get(this.#path),
        get(`${this.#path}/queries`, { limit: MOST, status: this.status || null, cursor: this.cursors.at(-1) }),
      ]);
      if (turn === this.#turn) {
        this.batch = { ...batch, current: batch.current ?? this.batch?.current };
        this.history = batch.history;
        this.queries = page.queries;
        this.next = page.next_cursor;
      }
    } catch (problem) {
      if (problem.status === 404) {
        this.missing = true;
      } else {
        throw problem;
      }
    }
  }

  /** Shows how it goes at once, and looks at the questions a little later, so as not to look all the time. */
  #news(event) {
    if (event.batch_id !== this.number || !this.batch) {
      return;
    }
    if (event.kind !== 'query') {
      if (!isOver(this.batch) && isOver(event)) {
        say(`${title(this.batch)} is ${label(event.status)}`);
      }
      this.batch = after(this.batch, event);
    }
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#look();
    }, AT_MOST_EVERY);
  }

  #moved() {
    this.reason = '';
    this.#look();
  }

  #filter(event) {
    this.status = event.target.value;
    this.cursors = [null];
    this.#look();
  }

  #following() {
    this.cursors = [...this.cursors, this.next];
    this.#look();
  }

  #previous() {
    this.cursors = this.cursors.slice(0, -1);
    this.#look();
  }

  async #toggle(query) {
    const shown = new Map(this.shown);
    if (!shown.delete(query.id)) {
      await this.attempt(async () => {
        const page = await get(`/api/admin/warming/queries/${query.id}`);
        shown.set(query.id, page.answer ?? null);
      });
    }
    this.shown = shown;
  }

  #retry(query) {
    return this.attempt(async () => {
      await post(`/api/admin/warming/queries/${query.id}/retry`);
      say(`Question ${query.position + 1} is queued again`);
      await this.#read();
    });
  }

  async #delete(query) {
    const said = await confirm({
      title: `Delete question ${query.position + 1}?`,
      text: query.text,
      action: 'Delete the question',
    });
    if (said === null) {
      return;
    }
    await this.attempt(async () => {
      await remove(`/api/admin/warming/queries/${query.id}`);
      say(`Question ${query.position + 1} is deleted`);
      await this.#read();
    });
  }
}

const took = (milliseconds) => (milliseconds < 1000 ? `${milliseconds} ms` : span(milliseconds / 1000));

customElements.define('batch-page', BatchPage);
