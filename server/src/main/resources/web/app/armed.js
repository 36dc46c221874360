import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, put } from './api.js';
import { clock } from './clock.js';
import { countdown, grade, isSimulated } from './countdown.js';
import { dollars } from './money.js';
import { Part, say } from './part.js';
import { hashOf } from './prompts.js';
import { nameOf } from './tabs.js';
import { moment, number, seconds, span } from './words.js';

const MOST = 50;
const MOST_OF_ALL = 1000;
const LOOKS_EVERY = 3000;

/** Every conversation that is kept warm, and a way to stop each. */
class ArmedPage extends Part {
  static properties = { conversations: { state: true }, more: { state: true }, stopping: { state: true }, unread: { state: true } };

  #timer = 0;
  #turn = 0;
  #most = MOST;

  constructor() {
    super();
    this.conversations = null;
    this.more = false;
    this.stopping = null;
    this.unread = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('tick', () => this.requestUpdate(), clock);
    this.#look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#turn++;
    clearTimeout(this.#timer);
  }

  render() {
    return html`
      <h1>Armed</h1>
      <p class="hint">
        Conversations whose cache is kept warm, whether somebody looks at them or not. Each warm is a request to its
        provider.
      </p>
      ${this.trouble()}
      ${this.unread
        ? html`<p class="problem" role="alert"><span>What is due is not known. ${this.unread.message}</span></p>`
        : nothing}
      ${this.#table()}
    `;
  }

  #table() {
    if (this.conversations === null) {
      return this.unread ? nothing : html`<p aria-busy="true">Looking …</p>`;
    }
    if (this.conversations.length === 0) {
      return html`<p>
        No conversation is kept warm. <a href="#/prompts">Open one</a>, say something, and switch its warming on.
      </p>`;
    }
    return html`
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Conversation</th><th scope="col">Next warm</th><th scope="col">Last outcome</th>
            <th scope="col">State</th><th scope="col">Policy</th><th scope="col">Money</th><th scope="col"><span class="unseen">What to do</span></th>
          </tr>
        </thead>
        <tbody>
          ${repeat(this.conversations, ({ id }) => id, (conversation) => this.#row(conversation))}
        </tbody>
      </table>
      ${this.more
        ? html`<button type="button" class="secondary" ?disabled=${this.#most >= MOST_OF_ALL} @click=${this.#showMore}>
            ${this.#most >= MOST_OF_ALL ? `There are more than ${number(MOST_OF_ALL)}` : 'Show more'}
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
            ${model || 'no model yet'}
            ${isSimulated(model) ? html`<span class="badge paused">simulator</span>` : nothing}
          </small>
        </th>
        <td data-label="Next warm"><strong class="due">${this.#due(conversation)}</strong></td>
        <td data-label="Last outcome">${outcome(conversation)}</td>
        <td data-label="State">
          ${rest === 'none' ? nothing : html`<span class="badge paused">rests</span>`}
          ${status}${conversation.expires_before_next_warm
            ? html`<small class="grade fair">The cache will expire before the next warm.</small>`
            : nothing}
        </td>
        <td data-label="Policy">
          ${mode}${mode === 'interval' ? `, every ${span(seconds(interval))}` : ''}${why === '' || status.includes(why)
            ? nothing
            : html`<small>${why}</small>`}
        </td>
        <td data-label="Money">${money(conversation.money)}</td>
        <td>
          <button
            type="button"
            class="small outline danger"
            data-takes="operate"
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
    if (activity === 'warming' && this.unread === null) {
      return 'warming …';
    }
    const next = next_warm_at === null ? null : Date.parse(next_warm_at);
    return countdown({ enabled, next, known: this.unread === null });
  }

  /** Looks, and again after a while. What was asked before something changed is not worth showing. */
  async #look() {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    try {
      const page = await get('/api/prompts/conversations', { enabled: true, limit: this.#most });
      if (turn === this.#turn) {
        this.conversations = page.conversations;
        this.more = page.next_cursor !== null;
        this.unread = null;
      }
    } catch (problem) {
      if (turn === this.#turn) {
        this.unread = problem;
      }
    }
    if (turn === this.#turn) {
      this.#timer = setTimeout(() => this.#look(), LOOKS_EVERY);
    }
  }

  #showMore() {
    this.#most = Math.min(this.#most * 2, MOST_OF_ALL);
    this.#look();
  }

  async #stop({ id }) {
    this.stopping = id;
    await this.attempt(async () => {
      await put(`/api/prompts/conversations/${encodeURIComponent(id)}/warming`, { enabled: false });
      this.conversations = this.conversations.filter((other) => other.id !== id);
      say(`${nameOf(id)} is not kept warm any more`);
      document.getElementById('main').focus();
    });
    this.stopping = null;
    this.#look();
  }
}

function outcome({ failures, trouble, last_warm_at, cache_percent, retention_percent }) {
  if (failures > 0) {
    return html`<span class="badge failed">failed</span> ${failures > 1 ? `${number(failures)} times in a row: ` : ''}${trouble}`;
  }
  if (last_warm_at === null) {
    return 'none yet';
  }
  return html`
    ${retention_percent === null
      ? html`${number(cache_percent)} % from the cache`
      : html`<span class="grade ${grade(retention_percent)}">${retention_percent} % retained, ${grade(retention_percent)}</span>`}
    <small title=${moment(last_warm_at)}>${span((clock.now() - Date.parse(last_warm_at)) / 1000)} ago</small>
  `;
}

function money({ spent_micros, saved_micros, net_micros }) {
  return html`
    <span class="grade ${net_micros < 0 ? 'poor' : 'good'}">${dollars(net_micros)} net</span>
    <small>${dollars(saved_micros)} saved, ${dollars(spent_micros)} spent</small>
  `;
}

customElements.define('armed-page', ArmedPage);
