import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { get, post } from './api.js';
import { chats } from './chats.js';
import { clock } from './clock.js';
import { countdown, grade } from './countdown.js';
import { Part, say } from './part.js';
import './policy.js';
import { Presence } from './presence.js';
import { number, time, took } from './words.js';

const WARM_NOW = 'cache-warming/warm';
const TIMER = 'cache-warming-timer';
const MOST = 20;
const LONGEST_INTERVAL = 86_400;

/** Shown by the policy's part, which knows more. */
const MONEY = new Set(['Policy', 'Next message', 'Warming so far']);

const WIDE = '(min-width: 68rem)';

/** How the prompt cache of a conversation is kept warm: what its surface offers, and what was done. */
class WarmingPanel extends Part {
  static properties = {
    conversation: { attribute: false },
    facts: { state: true },
    warms: { state: true },
    unread: { state: true },
    typed: { state: true },
    refusal: { state: true },
  };

  #seen = null;
  #turn = 0;
  #presence = new Presence();
  #open = matchMedia(WIDE).matches;

  constructor() {
    super();
    this.conversation = null;
    this.facts = null;
    this.warms = [];
    this.unread = false;
    this.typed = null;
    this.refusal = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('tick', () => this.requestUpdate(), clock);
    this.hear('change', () => this.requestUpdate(), chats);
    this.#presence.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#presence.stop();
  }

  render() {
    const fields = this.conversation.warming?.fields;
    if (!fields) {
      return html`<p aria-busy="true">Looking …</p>`;
    }
    const surface = read(fields);
    return html`
      <details class="warming" ?open=${this.#open} @toggle=${({ target }) => (this.#open = target.open)}>
        <summary>
          <h2>${this.conversation.warming.title}</h2>
          <span class="unseen">, next warm</span>
          <strong class="due ${surface.toggle.value ? '' : 'resting'}">
            ${countdown({ enabled: surface.toggle.value, next: surface.next, known: chats.online })}
          </strong>
        </summary>
        ${surface.status ? html`<p class="why">${surface.status.value}</p>` : nothing} ${this.#controls(surface)}
        <warming-policy
          .conversation=${this.conversation.id}
          .facts=${this.facts}
          @facts=${({ detail }) => (this.facts = detail)}
        ></warming-policy>
        ${this.trouble()} ${this.#failure()}
        <dl class="facts">
          ${fact(surface.rate.label, percent(surface.rate.value))}
          ${fact(surface.retention.label, graded(surface.retention.value))}
          ${fact('Last warm', surface.last === null ? '–' : time(surface.last))}
          ${surface.more.map(({ label, value }) => fact(label, value, true))}
        </dl>
        <div class="moves">
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
          data-takes="use"
          .checked=${live(this.conversation.wished ?? toggle.value)}
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
            max=${LONGEST_INTERVAL}
            step=${step}
            .value=${live(this.typed ?? String(value))}
            aria-invalid=${this.refusal ? 'true' : nothing}
            aria-describedby="interval-refusal"
            @input=${({ target }) => (this.typed = target.value)}
          />
        </label>
        <button type="submit" class="small secondary" data-takes="use" ?disabled=${!chats.online}>Set</button>
        <small id="interval-refusal" role="alert">${this.refusal}</small>
      </form>
    `;
  }

  #button(label, action) {
    const warms = action === WARM_NOW;
    return html`
      <button
        type="button"
        class="small outline"
        data-takes="use"
        ?disabled=${!chats.online || (warms && !this.#canWarm)}
        aria-busy=${warms && this.busy}
        @click=${() => (warms ? this.#warm() : this.#invoke(action))}
      >
        ${label}
      </button>
    `;
  }

  get #canWarm() {
    return !this.busy && !this.conversation.busy && this.conversation.kept.length > 0;
  }

  #failure() {
    const problem = this.conversation.warmingProblem;
    return problem ? html`<p class="problem" role="alert"><span>${problem.message}</span></p>` : nothing;
  }

  #past() {
    if (this.unread) {
      return html`<p class="hint">What was done so far could not be read.</p>`;
    }
    if (this.warms.length === 0) {
      return html`<p class="hint">
        ${this.conversation.kept.length === 0
          ? 'Nothing is said yet, so there is nothing to keep warm.'
          : 'No warms yet.'}
      </p>`;
    }
    return html`
      <table class="warms">
        <caption>Warms, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Time</th><th scope="col">Read</th><th scope="col">Written</th><th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          ${this.warms.map(
            ({ started_at, took_ms, manual, usage, trouble }) => html`
              <tr>
                <th scope="row">${time(started_at)}${manual ? html`<small>by hand</small>` : nothing}</th>
                ${usage
                  ? html`
                      <td>${number(usage.cache_read_tokens)}</td>
                      <td>${number(usage.cache_write_tokens)}</td>
                    `
                  : html`<td colspan="2"><span class="badge failed">failed</span> ${trouble}</td>`}
                <td>${took(took_ms)}</td>
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
      this.unread = false;
      this.typed = null;
      this.refusal = '';
      this.problem = null;
    }
  }

  updated() {
    super.updated();
    const { id, warming, kept, leaving } = this.conversation;
    const isStored = !leaving && (kept.length > 0 || (warming && read(warming.fields).toggle.value));
    const seen = isStored ? warming : null;
    if (seen !== this.#seen) {
      this.#seen = seen;
      if (seen) {
        this.#look(id);
      }
    }
    if (this.isConnected) {
      const isWeighed = this.facts?.enabled && this.facts.mode === 'adaptive';
      this.#presence.show(id, isWeighed ? (this.facts.idle?.since ?? null) : null);
    }
  }

  /** How it stands, and what was done so far. If it cannot be read, the next change is the next chance. */
  async #look(id) {
    const path = `/api/prompts/conversations/${encodeURIComponent(id)}`;
    const turn = ++this.#turn;
    try {
      const [facts, { warms }] = await Promise.all([get(path), get(`${path}/warms`, { limit: MOST })]);
      if (turn === this.#turn && id === this.conversation.id) {
        this.facts = facts;
        this.warms = warms;
        this.unread = false;
      }
    } catch {
      this.unread = id === this.conversation.id;
    }
  }

  #toggle(action, on) {
    this.conversation.wished = on;
    this.#invoke(action, on);
  }

  #invoke(action, payload) {
    chats.invoke(this.conversation.id, action, payload);
  }

  #set(event, action) {
    event.preventDefault();
    const field = event.target.elements.interval;
    const isRight = field.checkValidity();
    this.refusal = isRight ? '' : `Seconds, ${field.min} to ${number(field.max)}, without fractions`;
    if (isRight) {
      this.typed = null;
      this.#invoke(action, field.valueAsNumber);
    }
  }

  #warm() {
    return this.attempt(async () => {
      const { cacheReadTokens, cacheWriteTokens } = await post('/chat/warm', { conversationId: this.conversation.id });
      say(`Warmed: ${number(cacheReadTokens)} tokens read, ${number(cacheWriteTokens)} written`);
    });
  }
}

/** What the fields of a surface are for: told by their kind, and by their label where it has to be. */
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

const fact = (name, value, wide = false) =>
  html`<div class=${wide ? 'wide' : nothing}><dt>${name}</dt><dd>${value}</dd></div>`;

const percent = (text) => (/\d/.test(text) ? text.replace('%', ' %') : 'not known');

function graded(text) {
  const value = Number.parseInt(text, 10);
  if (Number.isNaN(value)) {
    return 'not known';
  }
  return html`<span class="grade ${grade(value)}">${value} %, ${grade(value)}</span>`;
}

customElements.define('warming-panel', WarmingPanel);
