import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, put } from './api.js';
import { clock } from './clock.js';
import { countdown, grade, isSimulated } from './countdown.js';
import { ConsoleElement, announce } from './element.js';
import { dateTime, duration, number, parseDuration } from './format.js';
import { dollars } from './money.js';
import { Poller } from './poller.js';
import { hashOf } from './prompts.js';
import { nameOf } from './tabs.js';

const PAGE_SIZE = 50;
const MAX_ROWS = 1000;
const POLL_MILLIS = 3000;

/** All conversations with warming enabled, each with a button that stops it. */
class ArmedPage extends ConsoleElement {
  static properties = { conversations: { state: true }, more: { state: true }, stopping: { state: true }, loadProblem: { state: true } };

  #limit = PAGE_SIZE;
  #poller = new Poller(
    POLL_MILLIS,
    () => get('/api/prompts/conversations', { enabled: true, limit: this.#limit }),
    (page, problem) => {
      this.conversations = page?.conversations ?? this.conversations;
      this.more = page ? page.next_cursor !== null : this.more;
      this.loadProblem = problem;
    },
  );

  constructor() {
    super();
    this.conversations = null;
    this.more = false;
    this.stopping = null;
    this.loadProblem = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('tick', () => this.requestUpdate(), clock);
    this.#poller.poll();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#poller.stop();
  }

  render() {
    return html`
      <h1>Warming</h1>
      <p class="hint">
        All conversations with warming enabled, open in a tab or not. Each warm is a request to the provider.
      </p>
      ${this.problemAlert()}
      ${this.loadProblem
        ? html`<p class="problem" role="alert"><span>Could not load the conversations. ${this.loadProblem.message}</span></p>`
        : nothing}
      ${this.#table()}
    `;
  }

  #table() {
    if (this.conversations === null) {
      return this.loadProblem ? nothing : html`<p aria-busy="true">Loading…</p>`;
    }
    if (this.conversations.length === 0) {
      return html`<p>
        No conversation is kept warm. <a href="#/prompts">Open one</a>, send a message and enable its warming.
      </p>`;
    }
    return html`
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Conversation</th><th scope="col">Next warm</th><th scope="col">Last warm</th>
            <th scope="col">State</th><th scope="col">Policy</th><th scope="col">Money</th><th scope="col"><span class="unseen">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${repeat(this.conversations, ({ id }) => id, (conversation) => this.#row(conversation))}
        </tbody>
      </table>
      ${this.more
        ? html`<button type="button" class="secondary" ?disabled=${this.#limit >= MAX_ROWS} @click=${this.#showMore}>
            ${this.#limit >= MAX_ROWS ? `More than ${number(MAX_ROWS)}` : 'Show more'}
          </button>`
        : nothing}
    `;
  }

  #row(conversation) {
    const { id, model, mode, interval, status, why, rest } = conversation;
    return html`
      <tr data-conversation=${id}>
        <th scope="row">
          <a href=${hashOf(id)}>${nameOf(id)}</a>
          <small>
            ${model || 'No model yet'}
            ${isSimulated(model) ? html`<span class="badge paused">Simulator</span>` : nothing}
          </small>
        </th>
        <td data-label="Next warm"><strong class="due">${this.#due(conversation)}</strong></td>
        <td data-label="Last warm">${outcome(conversation)}</td>
        <td data-label="State">
          ${rest === 'none' ? nothing : html`<span class="badge paused">Resting</span>`}
          ${status}${conversation.expires_before_next_warm
            ? html`<small class="grade fair">The cache will expire before the next warm.</small>`
            : nothing}
        </td>
        <td data-label="Policy">
          ${mode}${mode === 'interval' ? `, every ${duration(parseDuration(interval))}` : ''}${why === '' || status.includes(why)
            ? nothing
            : html`<small>${why}</small>`}
        </td>
        <td data-label="Money">${money(conversation.money)}</td>
        <td>
          <button
            type="button"
            class="small outline danger"
            data-permission="operate"
            aria-label="Stop warming ${nameOf(id)}"
            ?disabled=${this.stopping === id}
            @click=${() => this.#stop(conversation)}
          >
            Stop
          </button>
        </td>
      </tr>
    `;
  }

  #due({ activity, enabled, next_warm_at }) {
    if (activity === 'warming' && this.loadProblem === null) {
      return 'Warming…';
    }
    const next = next_warm_at === null ? null : Date.parse(next_warm_at);
    return countdown({ enabled, next, known: this.loadProblem === null });
  }

  #showMore() {
    this.#limit = Math.min(this.#limit * 2, MAX_ROWS);
    this.#poller.poll();
  }

  async #stop({ id }) {
    this.stopping = id;
    await this.attempt(async () => {
      await put(`/api/prompts/conversations/${encodeURIComponent(id)}/warming`, { enabled: false });
      this.conversations = this.conversations.filter((other) => other.id !== id);
      announce(`Warming stopped for ${nameOf(id)}`);
      document.getElementById('main').focus();
    });
    this.stopping = null;
    this.#poller.poll();
  }
}

function outcome({ failures, trouble, last_warm_at, cache_percent, retention_percent }) {
  if (failures > 0) {
    return html`<span class="badge failed">Failed</span> ${failures > 1 ? `${number(failures)} times in a row: ` : ''}${trouble}`;
  }
  if (last_warm_at === null) {
    return 'None yet';
  }
  return html`
    ${retention_percent === null
      ? html`${number(cache_percent)} % from the cache`
      : html`<span class="grade ${grade(retention_percent)}">${retention_percent} % retained, ${grade(retention_percent)}</span>`}
    <small title=${dateTime(last_warm_at)}>${duration((clock.now() - Date.parse(last_warm_at)) / 1000)} ago</small>
  `;
}

function money({ spent_micros, saved_micros, net_micros }) {
  return html`
    <span class="grade ${net_micros < 0 ? 'poor' : 'good'}">${dollars(net_micros)} net</span>
    <small>${dollars(saved_micros)} saved, ${dollars(spent_micros)} spent</small>
  `;
}

customElements.define('armed-page', ArmedPage);
