import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get } from './api.js';
import { live } from './live.js';
import { isOver, title } from './moves.js';
import { Part, say } from './part.js';
import './submit.js';
import './waiting.js';
import { label, moment, number, plural, span } from './words.js';

const MOST = 25;

/** What of a batch is told by an event; what the event leaves out is not known any more. */
export const after = (batch, event) => ({ ...batch, eta_seconds: null, current: null, ...event });

/** How far a batch is, in a bar and in words. Says nothing of the time left unless it is known. */
export function progress(batch) {
  const rest = [
    [batch.completed, 'done'],
    [batch.failed, 'failed'],
    [batch.skipped, 'skipped'],
    [batch.cancelled, 'cancelled'],
  ].filter(([count, name]) => count > 0 || name === 'done');
  return html`
    <progress value=${batch.processed} max=${Math.max(batch.total, 1)} aria-label="Progress of ${title(batch)}"></progress>
    <small>
      ${number(batch.processed)} of ${number(batch.total)}:
      ${rest.map(([count, name]) => `${number(count)} ${name}`).join(', ')}
    </small>
  `;
}

export const badge = (status) => html`<span class="badge ${status}">${label(status)}</span>`;

export function timeLeft(batch) {
  if (batch.status !== 'running' || batch.eta_seconds == null) {
    return '–';
  }
  return live.online ? `about ${span(batch.eta_seconds)}` : 'not known';
}

/** Everything that is queued and was, with a form for more. */
class QueuePage extends Part {
  static properties = { batches: { state: true }, next: { state: true }, waiting: { state: true } };

  /**
   * The last event of each batch since the connection came. A reply may be overtaken by events that are
   * newer: whatever it says, the last event holds.
   */
  #events = new Map();

  constructor() {
    super();
    this.batches = null;
    this.next = null;
    this.waiting = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('progress', ({ detail }) => this.#progress(detail));
    this.hear('gone', ({ detail }) => this.#gone(detail.batch_id));
    this.hear('waiting', ({ detail }) => (this.waiting = detail.waiting));
    this.hear('link', ({ detail }) => this.#link(detail.online));
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
          ${this.trouble()} ${this.#table()}
        </section>
      </div>
    `;
  }

  #table() {
    if (this.batches === null) {
      return this.problem ? nothing : html`<p aria-busy="true">Looking …</p>`;
    }
    if (this.batches.length === 0) {
      return html`<p class="hint">Nothing is queued, and nothing was. Paste a few questions to begin.</p>`;
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
        : html`<button type="button" class="secondary" ?disabled=${this.busy} @click=${this.#more}>Show older ones</button>`}
    `;
  }

  #rows(batch) {
    return html`
      <tbody data-batch=${batch.id}>
        <tr>
          <th scope="row">
            <a href="#/batch/${batch.id}">${title(batch)}</a>
            <small>${moment(batch.created_at)}${batch.scope ? ` · scope ${batch.scope}` : ''}</small>
          </th>
          <td data-label="State">${badge(batch.status)}</td>
          <td>${progress(batch)}</td>
          <td data-label="Time left">${timeLeft(batch)}</td>
        </tr>
        <tr class="actions">
          <td colspan="4">
            <batch-moves
              .batch=${batch}
              @moved=${({ detail }) => this.#reply(detail)}
              @gone=${({ detail }) => this.#gone(detail)}
            ></batch-moves>
          </td>
        </tr>
      </tbody>
    `;
  }

  #load() {
    return this.attempt(async () => {
      const most = Math.min(Math.max(this.batches?.length ?? 0, MOST), 200);
      const page = await get('/api/admin/warming/queue', { limit: most });
      this.batches = page.batches.filter(this.#isThere).map(this.#newest);
      this.next = page.next_cursor;
      this.waiting = page.waiting;
    });
  }

  /** Events were missed while there was no connection. */
  #link(online) {
    this.#events.clear();
    return online ? this.#load() : this.requestUpdate();
  }

  #newest = (batch) => ({ ...batch, ...this.#events.get(batch.id) });

  #isThere = (batch) => this.#events.get(batch.id) !== 'gone';

  #more() {
    return this.attempt(async () => {
      const page = await get('/api/admin/warming/queue', { limit: MOST, cursor: this.next });
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
      say(`${title(event)} is ${label(event.status)}: ${plural(event.completed, 'answer')} stored`);
    }
  }

  #reply(batch) {
    if (this.#isThere(batch)) {
      this.#put(this.#newest(batch));
    }
  }

  /** Puts a batch into its place: the newest, with the greatest id, first. */
  #put(batch) {
    const others = (this.batches ?? []).filter((other) => other.id !== batch.id);
    const oldest = others.at(-1);
    if (this.next != null && oldest && batch.id < oldest.id && others.length === this.batches.length) {
      return; // Among the older ones that are not shown.
    }
    this.batches = [...others, batch].sort((one, other) => other.id - one.id);
  }

  #gone(id) {
    this.#events.set(id, 'gone');
    this.batches = (this.batches ?? []).filter((batch) => batch.id !== id);
  }
}

customElements.define('queue-page', QueuePage);
