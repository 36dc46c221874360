import { html } from 'lit';
import { clock } from './clock.js';
import { ConsoleElement } from './element.js';
import { duration } from './format.js';
import { dollars, exactDollars } from './money.js';

/** Today's spending on warms against the budgets: of the server, and of tenants with their own settings. */
class MoneyBudgets extends ConsoleElement {
  static properties = { budgets: { attribute: false } };

  constructor() {
    super();
    this.budgets = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('tick', () => this.requestUpdate(), clock);
  }

  render() {
    const { tenants, day_ends_at, warms_per_minute } = this.budgets;
    const left = Math.max(0, (Date.parse(day_ends_at) - clock.now()) / 1000);
    return html`
      <p class="hint">
        Budgets reset at midnight UTC, in ${duration(left)}.
        ${warms_per_minute > 0 ? `At most ${warms_per_minute} warms per minute and provider.` : ''}
      </p>
      <ul class="history">
        ${line('All conversations', this.budgets)} ${tenants.map((tenant) => line(`Tenant ${tenant.tenant}`, tenant))}
      </ul>
      <p class="hint">
        Limits are server settings: <code>stoker.prompts.daily-budget</code>, also for each tenant. The budget of a
        conversation is set beside its chat.
      </p>
    `;
  }
}

function line(name, { mode, spent_today_micros: spent, daily_budget_micros: limit }) {
  return html`
    <li class="budget">
      <span>${name} <small>policy ${mode}</small></span>
      ${limit === null
        ? html`<span>${dollars(spent)} <small>no limit</small></span>`
        : html`
            <span>
              ${dollars(spent)} of $${exactDollars(limit)}
              ${spent >= limit ? html`<span class="badge failed">Used up</span>` : ''}
            </span>
            <progress value=${Math.min(spent, limit)} max=${Math.max(limit, 1)} aria-label="Budget spent: ${name}"></progress>
          `}
    </li>
  `;
}

customElements.define('money-budgets', MoneyBudgets);
