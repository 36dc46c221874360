import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { get, post } from './api.js';
import { chats } from './chats.js';
import { clock } from './clock.js';
import { countdown, grade } from './countdown.js';
import { ConsoleElement, announce, fact } from './element.js';
import { elapsed, number, time } from './format.js';
import './policy.js';
import { Presence } from './presence.js';

const WARM_NOW = 'cache-warming/warm';
const TIMER = 'cache-warming-timer';
const PAGE_SIZE = 20;
const MAX_INTERVAL = 86_400;

/** Fields that `warming-policy` shows in more detail. */
const MONEY = new Set(['Policy', 'Next message', 'Warming so far']);

const WIDE = '(min-width: 68rem)';

/** The warming panel of a conversation: the controls of its surface, and the last warms. */
class WarmingPanel extends ConsoleElement {
  static properties = {
    conversation: { attribute: false },
    facts: { state: true },
    warms: { state: true },
    loadFailed: { state: true },
    entered: { state: true },
    inputError: { state: true },
  };

  #seen = null;
  #request = 0;
  #presence = new Presence();
  #open = matchMedia(WIDE).matches;

  constructor() {
    super();
    this.conversation = null;
    this.facts = null;
    this.warms = [];
    this.loadFailed = false;
    this.entered = null;
    this.inputError = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('tick', () => this.requestUpdate(), clock);
    this.listen('change', () => this.requestUpdate(), chats);
    this.#presence.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#presence.stop();
  }

  render() {
    const fields = this.conversation.warming?.fields;
    if (!fields) {
      return html`<p aria-busy="true">Loading…</p>`;
    }
    const surface = read(fields);
    return html`
      <details class="warming" ?open=${this.#open} @toggle=${({ target }) => (this.#open = target.open)}>
        <summary>
          <h2>${this.conversation.warming.title}</h2>
          <strong class="due ${surface.toggle.value ? '' : 'resting'}">
            ${nextWarm(countdown({ enabled: surface.toggle.value, next: surface.next, known: chats.online }))}
          </strong>
        </summary>
        ${surface.status ? html`<p class="why">${surface.status.value}</p>` : nothing} ${this.#controls(surface)}
        <warming-policy
          .conversation=${this.conversation.id}
          .facts=${this.facts}
          @facts=${({ detail }) => (this.facts = detail)}
        ></warming-policy>
        ${this.problemAlert()} ${this.#failure()}
        <dl class="facts">
          ${fact(surface.rate.label, percent(surface.rate.value))}
          ${fact(surface.retention.label, graded(surface.retention.value))}
          ${fact('Last warm', surface.last === null ? '–' : time(surface.last))}
          ${surface.more.map(({ label, value }) => fact(label, value, true))}
        </dl>
        <div class="buttons">
          ${surface.buttons.map(({ label, action }) => this.#button(label, action.actionId))}
        </div>
        ${this.#past()}
      </details>
    `;
  }

  #controls({ toggle, interval }) {
    return html`
      <label>
        <input
          type="checkbox"
          role="switch"
          data-permission="use"
          .checked=${live(this.conversation.requestedEnabled ?? toggle.value)}
          ?disabled=${!chats.online}
          @change=${({ target }) => this.#toggle(toggle.action.actionId, target.checked)}
        />
        ${toggle.label}
      </label>
      ${this.facts === null || this.facts.mode === 'interval' ? this.#interval(interval) : nothing}
    `;
  }

  #interval({ label, value, min, unit, step, action }) {
    return html`
      <form class="setting" novalidate @submit=${(event) => this.#set(event, action.actionId)}>
        <label>
          ${label} (${unit})
          <input
            type="number"
            name="interval"
            inputmode="numeric"
            required
            min=${min}
            max=${MAX_INTERVAL}
            step=${step}
            .value=${live(this.entered ?? String(value))}
            aria-invalid=${this.inputError ? 'true' : nothing}
            aria-describedby="interval-refusal"
            @input=${({ target }) => (this.entered = target.value)}
          />
        </label>
        <button type="submit" class="small secondary" data-permission="use" ?disabled=${!chats.online}>Set</button>
        <small id="interval-refusal" role="alert">${this.inputError}</small>
      </form>
    `;
  }

  #button(label, action) {
    const warms = action === WARM_NOW;
    return html`
      <button
        type="button"
        class="small outline"
        data-permission="use"
        ?disabled=${!chats.online || (warms && !this.#canWarm)}
        aria-busy=${warms && this.busy}
        @click=${() => (warms ? this.#warm() : this.#invoke(action))}
      >
        ${label}
      </button>
    `;
  }

  get #canWarm() {
    return !this.busy && !this.conversation.busy && this.conversation.stored.length > 0;
  }

  #failure() {
    const problem = this.conversation.warmingProblem;
    return problem ? html`<p class="problem" role="alert"><span>${problem.message}</span></p>` : nothing;
  }

  #past() {
    if (this.loadFailed) {
      return html`<p class="hint">Could not load the past warms.</p>`;
    }
    if (this.warms.length === 0) {
      return html`<p class="hint">
        ${this.conversation.stored.length === 0
          ? 'No messages yet, so there is nothing to keep warm.'
          : 'No warms yet.'}
      </p>`;
    }
    return html`
      <table class="warms">
        <caption>Warms, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Time</th><th scope="col">Read</th><th scope="col">Written</th><th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          ${this.warms.map(
            ({ started_at, took_ms, manual, usage, trouble }) => html`
              <tr>
                <th scope="row">${time(started_at)}${manual ? html`<small>manual</small>` : nothing}</th>
                ${usage
                  ? html`
                      <td>${number(usage.cache_read_tokens)}</td>
                      <td>${number(usage.cache_write_tokens)}</td>
                    `
                  : html`<td colspan="2"><span class="badge failed">Failed</span> ${trouble}</td>`}
                <td>${elapsed(took_ms)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    `;
  }

  willUpdate(changed) {
    if (changed.has('conversation')) {
      this.facts = null;
      this.warms = [];
      this.loadFailed = false;
      this.entered = null;
      this.inputError = '';
      this.problem = null;
    }
  }

  updated() {
    super.updated();
    const { id, warming, stored, deleting } = this.conversation;
    const isStored = !deleting && (stored.length > 0 || (warming && read(warming.fields).toggle.value));
    const seen = isStored ? warming : null;
    if (seen !== this.#seen) {
      this.#seen = seen;
      if (seen) {
        this.#load(id);
      }
    }
    if (this.isConnected) {
      const isWeighed = this.facts?.enabled && this.facts.mode === 'adaptive';
      this.#presence.show(id, isWeighed ? (this.facts.idle?.since ?? null) : null);
    }
  }

  /** Loads the conversation and its last warms. A failure is retried at the next change. */
  async #load(id) {
    const path = `/api/prompts/conversations/${encodeURIComponent(id)}`;
    const request = ++this.#request;
    try {
      const [facts, { warms }] = await Promise.all([get(path), get(`${path}/warms`, { limit: PAGE_SIZE })]);
      if (request === this.#request && id === this.conversation.id) {
        this.facts = facts;
        this.warms = warms;
        this.loadFailed = false;
      }
    } catch {
      this.loadFailed = id === this.conversation.id;
    }
  }

  #toggle(action, on) {
    this.conversation.requestedEnabled = on;
    this.#invoke(action, on);
  }

  #invoke(action, payload) {
    chats.invoke(this.conversation.id, action, payload);
  }

  #set(event, action) {
    event.preventDefault();
    const field = event.target.elements.interval;
    const isRight = field.checkValidity();
    this.inputError = isRight ? '' : `Expected whole seconds from ${field.min} to ${number(field.max)}`;
    if (isRight) {
      this.entered = null;
      this.#invoke(action, field.valueAsNumber);
    }
  }

  #warm() {
    return this.attempt(async () => {
      const { cacheReadTokens, cacheWriteTokens } = await post('/chat/warm', { conversationId: this.conversation.id });
      announce(`Warmed: ${number(cacheReadTokens)} tokens read, ${number(cacheWriteTokens)} written`);
    });
  }
}

/** The fields of a surface by purpose, recognised by kind and, where that is ambiguous, by label. */
function read(fields) {
  const stats = fields.filter(({ kind }) => kind === 'stat');
  const retention = stats.find(({ label }) => /retention/i.test(label));
  const rate = stats.find((stat) => stat !== retention);
  const status = stats.find(({ label }) => label === 'Status');
  const timer = fields.find(({ rendererId }) => rendererId === TIMER).payload;
  return {
    toggle: fields.find(({ kind }) => kind === 'toggle'),
    interval: fields.find(({ kind }) => kind === 'number'),
    retention,
    rate,
    status,
    more: stats.filter((stat) => ![retention, rate, status].includes(stat) && !MONEY.has(stat.label)),
    buttons: fields.filter(({ kind }) => kind === 'button'),
    next: timer.nextWarmAt,
    last: timer.lastWarmAt,
  };
}

const nextWarm = (text) => (text.startsWith('in ') ? `Next warm ${text}` : text);

const percent = (text) => (/\d/.test(text) ? text.replace('%', ' %') : 'Unknown');

function graded(text) {
  const value = Number.parseInt(text, 10);
  if (Number.isNaN(value)) {
    return 'Unknown';
  }
  return html`<span class="grade ${grade(value)}">${value} %, ${grade(value)}</span>`;
}

customElements.define('warming-panel', WarmingPanel);
