import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isOver, title } from './actions.js';
import { get } from './api.js';
import { ConsoleElement, announce } from './element.js';
import { serverEvents } from './events.js';
import { dateTime, duration, number, plural, spelled, stateLabel } from './format.js';
import './submit.js';
import './waiting.js';

const PAGE_SIZE = 25;

/** A batch after an event; the time left and the current question are unknown unless the event has them. */
export const after = (batch, event) => ({ ...batch, eta_seconds: null, current: null, ...event });

/** The progress of a batch as a bar and as counts. */
export function progress(batch) {
  const rest = [
    [batch.completed, 'completed'],
    [batch.failed, 'failed'],
    [batch.skipped, 'skipped'],
    [batch.cancelled, 'cancelled'],
  ].filter(([count, name]) => count > 0 || name === 'completed');
  return html`
    <progress value=${batch.processed} max=${Math.max(batch.total, 1)} aria-label="Progress of ${title(batch)}"></progress>
    <small>
      ${number(batch.processed)} of ${number(batch.total)}:
      ${rest.map(([count, name]) => `${number(count)} ${name}`).join(', ')}
    </small>
  `;
}

export const badge = (status) => html`<span class="badge ${status}">${stateLabel(status)}</span>`;

export function timeLeft(batch) {
  if (batch.status !== 'running' || batch.eta_seconds == null) {
    return '–';
  }
  return serverEvents.online ? `about ${duration(batch.eta_seconds)}` : 'Unknown';
}

/** The queue: all batches, and a form for new ones. */
class QueuePage extends ConsoleElement {
  static properties = { batches: { state: true }, next: { state: true }, waiting: { state: true } };

  /** The last event of each batch on this connection. It takes precedence over replies, which may be older. */
  #events = new Map();

  constructor() {
    super();
    this.batches = null;
    this.next = null;
    this.waiting = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('progress', ({ detail }) => this.#progress(detail));
    this.listen('deleted', ({ detail }) => this.#deleted(detail.batch_id));
    this.listen('waiting', ({ detail }) => (this.waiting = detail.waiting));
    this.listen('connection', ({ detail }) => this.#onConnection(detail.online));
    this.#load();
  }

  render() {
    return html`
      <h1>Queue</h1>
      <div class="columns">
        <section class="side" aria-labelledby="new-title">
          <h2 id="new-title">New batch</h2>
          <submit-form @queued=${({ detail }) => this.#reply(detail)}></submit-form>
        </section>
        <section class="wide" aria-labelledby="queue-title">
          <h2 id="queue-title">Batches</h2>
          <queue-waiting .waiting=${this.waiting}></queue-waiting>
          ${this.problemAlert()} ${this.#table()}
        </section>
      </div>
    `;
  }

  #table() {
    if (this.batches === null) {
      return this.problem ? nothing : html`<p aria-busy="true">Loading…</p>`;
    }
    if (this.batches.length === 0) {
      return html`<p class="hint">No batches yet. Paste a few questions to create one.</p>`;
    }
    return html`
      <table class="cards">
        <thead>
          <tr><th scope="col">Batch</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">Time left</th></tr>
        </thead>
        ${repeat(this.batches, (batch) => batch.id, (batch) => this.#rows(batch))}
      </table>
      ${this.next == null
        ? nothing
        : html`<button type="button" class="secondary" ?disabled=${this.busy} @click=${this.#more}>Show older</button>`}
    `;
  }

  #rows(batch) {
    return html`
      <tbody data-batch=${batch.id}>
        <tr>
          <th scope="row">
            <a href="#/batch/${batch.id}">${title(batch)}</a>
            <small>${dateTime(batch.created_at)}${batch.scope ? ` · scope ${batch.scope}` : ''}</small>
          </th>
          <td data-label="State">${badge(batch.status)}</td>
          <td>${progress(batch)}</td>
          <td data-label="Time left">${timeLeft(batch)}</td>
        </tr>
        <tr class="actions">
          <td colspan="4">
            <batch-actions
              .batch=${batch}
              @changed=${({ detail }) => this.#reply(detail)}
              @deleted=${({ detail }) => this.#deleted(detail)}
            ></batch-actions>
          </td>
        </tr>
      </tbody>
    `;
  }

  #load() {
    return this.attempt(async () => {
      const limit = Math.min(Math.max(this.batches?.length ?? 0, PAGE_SIZE), 200);
      const page = await get('/api/admin/warming/queue', { limit });
      this.batches = page.batches.filter(this.#isThere).map(this.#newest);
      this.next = page.next_cursor;
      this.waiting = page.waiting;
    });
  }

  /** Reloads, since events may have been missed. */
  #onConnection(online) {
    this.#events.clear();
    return online ? this.#load() : this.requestUpdate();
  }

  #newest = (batch) => ({ ...batch, ...this.#events.get(batch.id) });

  #isThere = (batch) => this.#events.get(batch.id) !== 'deleted';

  #more() {
    return this.attempt(async () => {
      const page = await get('/api/admin/warming/queue', { limit: PAGE_SIZE, cursor: this.next });
      const known = new Set(this.batches.map((batch) => batch.id));
      this.batches = [...this.batches, ...page.batches.filter((batch) => !known.has(batch.id) && this.#isThere(batch)).map(this.#newest)];
      this.next = page.next_cursor;
    });
  }

  #progress(event) {
    const before = this.batches?.find((batch) => batch.id === event.batch_id);
    this.#events.set(event.batch_id, event);
    this.#put(after(before, event));
    if (before && !isOver(before) && isOver(event)) {
      announce(`${title(event)} ${spelled(event.status)}: ${plural(event.completed, 'answer')} stored`);
    }
  }

  #reply(batch) {
    if (this.#isThere(batch)) {
      this.#put(this.#newest(batch));
    }
  }

  /** Adds or replaces a batch; sorted by id, newest first. */
  #put(batch) {
    const others = (this.batches ?? []).filter((other) => other.id !== batch.id);
    const oldest = others.at(-1);
    if (this.next != null && oldest && batch.id < oldest.id && others.length === this.batches.length) {
      return; // On a page that is not shown.
    }
    this.batches = [...others, batch].sort((one, other) => other.id - one.id);
  }

  #deleted(id) {
    this.#events.set(id, 'deleted');
    this.batches = (this.batches ?? []).filter((batch) => batch.id !== id);
  }
}

customElements.define('queue-page', QueuePage);
