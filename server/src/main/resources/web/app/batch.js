import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isOver, title } from './actions.js';
import { get, post, remove } from './api.js';
import { answerOf } from './ask.js';
import { confirm } from './confirm.js';
import { ConsoleElement, announce, fact } from './element.js';
import { dateTime, elapsed, number, spelled, stateLabel } from './format.js';
import { after, badge, progress, timeLeft } from './queue.js';
import './submit.js';
import './waiting.js';

const PAGE_SIZE = 25;
const REFRESH_MILLIS = 1000;
const STATES = ['pending', 'processing', 'completed', 'failed', 'skipped', 'cancelled'];
const CAN_RETRY = new Set(['failed', 'skipped', 'cancelled']);

/** One batch: its progress, its questions and its history. */
class BatchPage extends ConsoleElement {
  static properties = {
    number: { attribute: false },
    batch: { state: true },
    history: { state: true },
    queries: { state: true },
    status: { state: true },
    cursors: { state: true },
    next: { state: true },
    reason: { state: true },
    openAnswers: { state: true },
    missing: { state: true },
  };

  #timer = 0;
  #request = 0;

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
    this.openAnswers = new Map();
    this.missing = false;
  }

  get #path() {
    return `/api/admin/warming/batches/${this.number}`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('progress', ({ detail }) => this.#onChange(detail));
    this.listen('query', ({ detail }) => this.#onChange(detail));
    this.listen('deleted', ({ detail }) => (this.missing ||= detail.batch_id === this.number));
    this.listen('waiting', () => this.#load());
    this.listen('connection', ({ detail }) => (detail.online ? this.#load() : this.requestUpdate()));
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  render() {
    const back = html`<p><a href="#/answers">← All batches</a></p>`;
    if (this.missing) {
      return html`${back}<h1>Batch ${this.number}</h1><p>This batch no longer exists.</p>`;
    }
    if (!this.batch) {
      return html`${back}<h1>Batch ${this.number}</h1>${this.problemAlert()}`;
    }
    return html`
      ${back}
      <h1>${title(this.batch)} ${badge(this.batch.status)}</h1>
      ${this.#overview()} ${this.problemAlert()} ${this.#questions()}
      ${isOver(this.batch) ? nothing : this.#addForm()} ${this.#historyList()}
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
          ${fact('Time left', timeLeft(batch))} ${fact('Queued', dateTime(batch.created_at))}
          ${fact('Started', dateTime(batch.started_at))} ${fact('Ended', dateTime(batch.ended_at))}
          ${fact('Scope', batch.scope || 'All users')} ${fact('Fresh answers', batch.only_stale ? 'Kept' : 'Replaced')}
        </dl>
        <label class="reason">
          Reason for the next action (optional, shown in the history)
          <input
            name="reason"
            maxlength="200"
            autocomplete="off"
            .value=${this.reason}
            @input=${(event) => (this.reason = event.target.value)}
          />
        </label>
        <batch-actions
          .batch=${batch}
          .reason=${this.reason.trim()}
          @changed=${this.#changed}
          @deleted=${() => (location.hash = '#/answers')}
        ></batch-actions>
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
              <option value="">All</option>
              ${STATES.map((state) => html`<option value=${state}>${stateLabel(state)}</option>`)}
            </select>
          </label>
        </div>
        ${this.queries?.length === 0
          ? html`<p class="hint">${this.status ? `No ${this.status} questions.` : 'No questions.'}</p>`
          : this.#table()}
        <nav class="pages" aria-label="Pages of questions">
          <button type="button" class="secondary" ?disabled=${this.cursors.length < 2} @click=${this.#previousPage}>
            Previous
          </button>
          <span>Page ${this.cursors.length}</span>
          <button type="button" class="secondary" ?disabled=${this.next == null} @click=${this.#nextPage}>Next</button>
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
    const answer = this.openAnswers.get(query.id);
    return html`
      <tbody data-query=${query.id}>
        <tr>
          <th scope="row">${number(query.position + 1)}. ${query.text}</th>
          <td data-label="State">
            ${badge(query.status)}
            ${query.outcome && query.outcome !== query.status ? html`<small>${stateLabel(query.outcome)}</small>` : nothing}
          </td>
          <td data-label="Attempts">${number(query.attempts)}</td>
          <td data-label="Took">${elapsed(query.took_ms)}</td>
        </tr>
        <tr class="actions">
          <td colspan="4">
            ${query.error ? html`<p class="why">${query.error}</p>` : nothing}
            ${query.not_before ? html`<p class="why">Next attempt at ${dateTime(query.not_before)}</p>` : nothing}
            <div class="buttons" role="group" aria-label="Actions for question ${query.position + 1}">
              <button
                type="button"
                class="small outline"
                aria-expanded=${this.openAnswers.has(query.id) ? 'true' : 'false'}
                ?disabled=${query.status === 'pending' || query.status === 'processing'}
                @click=${() => this.#toggle(query)}
              >
                ${this.openAnswers.has(query.id) ? 'Hide answer' : 'Show answer'}
              </button>
              <button
                type="button"
                class="small outline"
                data-permission="operate"
                ?disabled=${!CAN_RETRY.has(query.status)}
                @click=${() => this.#retry(query)}
              >
                Retry
              </button>
              <button type="button" class="small outline danger" data-permission="operate" @click=${() => this.#delete(query)}>Delete</button>
            </div>
            ${answer === undefined
              ? nothing
              : html`<div class="answer" role="region" aria-label="Answer to question ${query.position + 1}">
                  ${answer === null ? html`<p class="hint">No cached answer.</p>` : answerOf(answer)}
                </div>`}
          </td>
        </tr>
      </tbody>
    `;
  }

  #addForm() {
    return html`
      <details>
        <summary>Add questions</summary>
        <submit-form .batch=${this.batch} @queued=${this.#load}></submit-form>
      </details>
    `;
  }

  #historyList() {
    return html`
      <section aria-labelledby="history-title">
        <h2 id="history-title">History</h2>
        <ol class="history">
          ${this.history.map(
            (change) => html`
              <li>
                <time datetime=${change.at}>${dateTime(change.at)}</time>
                <span>${stateLabel(change.what)}${change.reason ? html`: <q>${change.reason}</q>` : nothing}</span>
                ${badge(change.status)}
              </li>
            `,
          )}
        </ol>
      </section>
    `;
  }

  #load = () => this.attempt(() => this.#read());

  async #read() {
    const request = ++this.#request;
    try {
      const [batch, page] = await Promise.all([
        get(this.#path),
        get(`${this.#path}/queries`, { limit: PAGE_SIZE, status: this.status || null, cursor: this.cursors.at(-1) }),
      ]);
      if (request === this.#request) {
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

  /** Shows the progress at once, and reloads the questions at most once a second. */
  #onChange(event) {
    if (event.batch_id !== this.number || !this.batch) {
      return;
    }
    if (event.kind !== 'query') {
      if (!isOver(this.batch) && isOver(event)) {
        announce(`${title(this.batch)} ${spelled(event.status)}`);
      }
      this.batch = after(this.batch, event);
    }
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#load();
    }, REFRESH_MILLIS);
  }

  #changed() {
    this.reason = '';
    this.#load();
  }

  #filter(event) {
    this.status = event.target.value;
    this.cursors = [null];
    this.#load();
  }

  #nextPage() {
    this.cursors = [...this.cursors, this.next];
    this.#load();
  }

  #previousPage() {
    this.cursors = this.cursors.slice(0, -1);
    this.#load();
  }

  async #toggle(query) {
    const openAnswers = new Map(this.openAnswers);
    if (!openAnswers.delete(query.id)) {
      await this.attempt(async () => {
        const page = await get(`/api/admin/warming/queries/${query.id}`);
        openAnswers.set(query.id, page.answer ?? null);
      });
    }
    this.openAnswers = openAnswers;
  }

  #retry(query) {
    return this.attempt(async () => {
      await post(`/api/admin/warming/queries/${query.id}/retry`);
      announce(`Question ${query.position + 1} queued again`);
      await this.#read();
    });
  }

  async #delete(query) {
    const confirmed = await confirm({
      title: `Delete question ${query.position + 1}?`,
      text: query.text,
      action: 'Delete question',
    });
    if (confirmed === null) {
      return;
    }
    await this.attempt(async () => {
      await remove(`/api/admin/warming/queries/${query.id}`);
      announce(`Question ${query.position + 1} deleted`);
      await this.#read();
    });
  }
}

customElements.define('batch-page', BatchPage);
