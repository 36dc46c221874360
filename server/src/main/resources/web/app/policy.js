import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { put, remove } from './api.js';
import { chats } from './chats.js';
import { clock } from './clock.js';
import { dollars, exactly, microsOf } from './money.js';
import { Part, say } from './part.js';
import { number, span } from './words.js';

const INHERIT = 'inherit';

/** What each policy does, in words, where nothing more is known. */
const MODES = {
  interval: 'Warmed again and again, whatever comes of it.',
  adaptive: 'Warmed as long as the next warm is worth its price.',
  off: 'Not warmed.',
};

const TIERS = { brief: 'for the usual time', lasting: 'for longer, at a higher price' };

/**
 * Whether the warming of a conversation pays: its policy, its budget, what it has cost and brought.
 * Tells `facts` with the conversation as it is after a change.
 *
 * `conversation` is its id; `facts` are null if the server does not know it yet.
 */
class WarmingPolicy extends Part {
  static properties = {
    conversation: { attribute: false },
    facts: { attribute: false },
    typed: { state: true },
    refusal: { state: true },
  };

  constructor() {
    super();
    this.conversation = '';
    this.facts = null;
    this.typed = null;
    this.refusal = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('tick', () => this.requestUpdate(), clock);
  }

  willUpdate(changed) {
    if (changed.has('conversation')) {
      this.typed = null;
      this.refusal = '';
      this.problem = null;
    }
  }

  render() {
    return html`
      ${this.#policy()} ${this.#budget()} ${this.trouble()} ${this.facts ? this.#money(this.facts) : nothing}
    `;
  }

  #policy() {
    const { own_mode: own = null, mode = null, tenant = '' } = this.facts ?? {};
    const whose = tenant === '' ? 'As the server’s' : 'As its tenant’s';
    const all = [
      [INHERIT, own === null && mode !== null ? `${whose}: ${mode}` : whose],
      ...Object.keys(MODES).map((name) => [name, name]),
    ];
    return html`
      <label>
        Policy
        <select
          name="mode"
          data-takes="operate"
          aria-describedby="policy-why"
          ?disabled=${!chats.online}
          @change=${({ target }) => this.#setMode(target.value)}
        >
          ${all.map(
            ([name, words]) =>
              html`<option value=${name} .selected=${live(name === (own ?? INHERIT))}>${words}</option>`,
          )}
        </select>
      </label>
      <p class="why" id="policy-why">${this.facts ? reason(this.facts) : ''}</p>
    `;
  }

  #budget() {
    const budget = this.facts?.daily_budget_micros ?? null;
    return html`
      <form class="setting" novalidate @submit=${this.#setBudget}>
        <label>
          Daily budget ($)
          <input
            name="budget"
            inputmode="decimal"
            autocomplete="off"
            placeholder="none"
            .value=${live(this.typed ?? (budget === null ? '' : exactly(budget)))}
            aria-invalid=${this.refusal ? 'true' : nothing}
            aria-describedby="budget-refusal"
            @input=${({ target }) => (this.typed = target.value)}
          />
        </label>
        <button type="submit" class="small secondary" data-takes="operate" aria-label="Set the budget" ?disabled=${!chats.online}>Set</button>
        <small id="budget-refusal" role="alert">${this.refusal}</small>
      </form>
    `;
  }

  #money({ id, idle, money }) {
    return html`
      <dl class="facts">
        ${idle ? this.#away(idle) : nothing} ${this.#next()} ${fact('Spent', dollars(money.spent_micros))}
        ${fact('Saved', dollars(money.saved_micros))} ${fact('Wasted', dollars(money.wasted_micros))}
        ${fact(
          'Net',
          html`<span class="grade ${money.net_micros < 0 ? 'poor' : 'good'}">${dollars(money.net_micros)}</span>`,
        )}
      </dl>
      <p class="why"><a href="#/ledger?${new URLSearchParams({ period: 'all', conversation: id })}">In the ledger</a></p>
    `;
  }

  #away({ pings, spent_micros, tier, prompt_tokens }) {
    return html`
      ${fact('Warms since the last turn', pings === 0 ? 'none' : `${number(pings)} for ${dollars(spent_micros)}`)}
      ${fact('Prompt', `${number(prompt_tokens)} tokens`)} ${fact('Cache kept', TIERS[tier], true)}
    `;
  }

  /** What holds at this moment is told by the time, for nobody says when a cache has expired. */
  #next() {
    const { next_message: next, cold_at } = this.facts;
    if (next === null) {
      return nothing;
    }
    const left = cold_at === null ? 0 : (Date.parse(cold_at) - clock.now()) / 1000;
    const isWarm = left > 0 && next.now_micros < next.after_expiry_micros;
    return fact(
      'Next message',
      isWarm
        ? html`<span class="grade good">${dollars(next.now_micros)} now</span>
            <small>for ${span(Math.ceil(left))}, then ${dollars(next.after_expiry_micros)}</small>`
        : html`<span class="grade fair">${dollars(next.after_expiry_micros)} now</span>
            <small>nothing of it is in the cache</small>`,
      true,
    );
  }

  async #setMode(mode) {
    const path = `/api/prompts/conversations/${encodeURIComponent(this.conversation)}/warming`;
    if (await this.attempt(async () => this.#changed(await put(path, { mode })))) {
      say(`The policy is ${this.facts.mode}`);
    }
    this.requestUpdate();
  }

  async #setBudget(event) {
    event.preventDefault();
    const text = event.target.elements.budget.value;
    const isNone = text.trim() === '';
    const micros = microsOf(text);
    this.refusal = isNone || micros !== null ? '' : 'Dollars, such as 2.50, with at most 6 decimal places; empty for none';
    if (this.refusal) {
      return;
    }
    const path = `/api/prompts/conversations/${encodeURIComponent(this.conversation)}/budget`;
    await this.attempt(async () => {
      this.#changed(await (isNone ? remove(path) : put(path, { daily_budget_micros: micros })));
      this.typed = null;
      say(isNone ? 'There is no budget' : `The budget is $${exactly(micros)} a day`);
    });
  }

  #changed(facts) {
    if (facts.id === this.conversation) {
      this.facts = facts;
      this.dispatchEvent(new CustomEvent('facts', { detail: facts }));
    }
  }
}

/** Why it does what it does, as far as its status does not say it already. */
function reason({ mode, rest, status, why }) {
  if (why !== '' && !status.includes(why)) {
    return `${why[0].toUpperCase()}${why.slice(1)}.`;
  }
  return rest === 'none' ? MODES[mode] : '';
}

const fact = (name, value, wide = false) =>
  html`<div class=${wide ? 'wide' : nothing}><dt>${name}</dt><dd>${value}</dd></div>`;

customElements.define('warming-policy', WarmingPolicy);
