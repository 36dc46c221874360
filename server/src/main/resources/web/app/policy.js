import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { put, remove } from './api.js';
import { chats } from './chats.js';
import { clock } from './clock.js';
import { ConsoleElement, announce, fact } from './element.js';
import { duration, number } from './format.js';
import { dollars, exactDollars, parseDollars } from './money.js';

const INHERIT = 'inherit';

/** Descriptions of the policies, shown if the server gives no reason. */
const MODES = {
  interval: 'Warmed at every interval, whether or not it pays.',
  adaptive: 'Warmed while the next warm is worth its price.',
  off: 'Not warmed.',
};

const TIERS = { brief: 'Standard', lasting: 'Long, at a higher price' };

/**
 * The policy, the budget, the costs and the savings of a conversation. Fires `facts` with the changed
 * conversation.
 *
 * `conversation` is its id; `facts` is null if the server does not know it yet.
 */
class WarmingPolicy extends ConsoleElement {
  static properties = {
    conversation: { attribute: false },
    facts: { attribute: false },
    entered: { state: true },
    inputError: { state: true },
  };

  constructor() {
    super();
    this.conversation = '';
    this.facts = null;
    this.entered = null;
    this.inputError = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('tick', () => this.requestUpdate(), clock);
  }

  willUpdate(changed) {
    if (changed.has('conversation')) {
      this.entered = null;
      this.inputError = '';
      this.problem = null;
    }
  }

  render() {
    return html`
      ${this.#policy()} ${this.#budget()} ${this.problemAlert()} ${this.facts ? this.#money(this.facts) : nothing}
    `;
  }

  #policy() {
    const { own_mode: own = null, mode = null, tenant = '' } = this.facts ?? {};
    const whose = tenant === '' ? 'Server default' : 'Tenant default';
    const all = [
      [INHERIT, own === null && mode !== null ? `${whose}: ${mode}` : whose],
      ...Object.keys(MODES).map((name) => [name, name]),
    ];
    return html`
      <label>
        Policy
        <select
          name="mode"
          data-permission="operate"
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
            placeholder="None"
            .value=${live(this.entered ?? (budget === null ? '' : exactDollars(budget)))}
            aria-invalid=${this.inputError ? 'true' : nothing}
            aria-describedby="budget-refusal"
            @input=${({ target }) => (this.entered = target.value)}
          />
        </label>
        <button type="submit" class="small secondary" data-permission="operate" aria-label="Set budget" ?disabled=${!chats.online}>Set</button>
        <small id="budget-refusal" role="alert">${this.inputError}</small>
      </form>
    `;
  }

  #money({ id, idle, money }) {
    return html`
      <dl class="facts">
        ${idle ? this.#idleFacts(idle) : nothing} ${this.#next()} ${fact('Spent', dollars(money.spent_micros))}
        ${fact('Saved', dollars(money.saved_micros))} ${fact('Wasted', dollars(money.wasted_micros))}
        ${fact(
          'Net',
          html`<span class="grade ${money.net_micros < 0 ? 'poor' : 'good'}">${dollars(money.net_micros)}</span>`,
        )}
      </dl>
      <p class="why"><a href="#/ledger?${new URLSearchParams({ period: 'all', conversation: id })}">View in ledger</a></p>
    `;
  }

  #idleFacts({ pings, spent_micros, tier, prompt_tokens }) {
    return html`
      ${fact('Warms since the last turn', pings === 0 ? 'None' : `${number(pings)} for ${dollars(spent_micros)}`)}
      ${fact('Prompt', `${number(prompt_tokens)} tokens`)} ${fact('Cache lifetime', TIERS[tier], true)}
    `;
  }

  /** Computed from the clock, because no event says that a cache has expired. */
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
            <small>for ${duration(Math.ceil(left))}, then ${dollars(next.after_expiry_micros)}</small>`
        : html`<span class="grade fair">${dollars(next.after_expiry_micros)} now</span>
            <small>prompt not cached</small>`,
      true,
    );
  }

  async #setMode(mode) {
    const path = `/api/prompts/conversations/${encodeURIComponent(this.conversation)}/warming`;
    if (await this.attempt(async () => this.#changed(await put(path, { mode })))) {
      announce(`Policy set to ${this.facts.mode}`);
    }
    this.requestUpdate();
  }

  async #setBudget(event) {
    event.preventDefault();
    const text = event.target.elements.budget.value;
    const isNone = text.trim() === '';
    const micros = parseDollars(text);
    this.inputError = isNone || micros !== null ? '' : 'Expected dollars such as 2.50, with at most 6 decimal places, or nothing for no budget';
    if (this.inputError) {
      return;
    }
    const path = `/api/prompts/conversations/${encodeURIComponent(this.conversation)}/budget`;
    await this.attempt(async () => {
      this.#changed(await (isNone ? remove(path) : put(path, { daily_budget_micros: micros })));
      this.entered = null;
      announce(isNone ? 'Budget removed' : `Budget set to $${exactDollars(micros)} a day`);
    });
  }

  #changed(facts) {
    if (facts.id === this.conversation) {
      this.facts = facts;
      this.dispatchEvent(new CustomEvent('facts', { detail: facts }));
    }
  }
}

/** Why it is warmed or not, unless its status says so already. */
function reason({ mode, rest, status, why }) {
  if (why !== '' && !status.includes(why)) {
    return `${why[0].toUpperCase()}${why.slice(1)}.`;
  }
  return rest === 'none' ? MODES[mode] : '';
}

customElements.define('warming-policy', WarmingPolicy);
