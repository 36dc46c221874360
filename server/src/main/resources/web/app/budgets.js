import { html } from 'lit';
import { clock } from './clock.js';
import { dollars, exactly } from './money.js';
import { Part } from './part.js';
import { span } from './words.js';

/** What warms may cost today, and have cost: all of them, and those of tenants with settings of their own. */
class MoneyBudgets extends Part {
  static properties = { budgets: { attribute: false } };

  constructor() {
    super();
    this.budgets = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('tick', () => this.requestUpdate(), clock);
  }

  render() {
    const { tenants, day_ends_at, warms_per_minute } = this.budgets;
    const left = Math.max(0, (Date.parse(day_ends_at) - clock.now()) / 1000);
    return html`
      <p class="hint">
        The day ends at midnight, UTC, in ${span(left)}.
        ${warms_per_minute > 0 ? `Each provider is sent at most ${warms_per_minute} warms a minute.` : ''}
      </p>
      <ul class="history">
        ${line('All conversations', this.budgets)} ${tenants.map((tenant) => line(`Tenant ${tenant.tenant}`, tenant))}
      </ul>
      <p class="hint">
        Limits are settings of the server: <code>stoker.prompts.daily-budget</code>, and the same of a tenant. A
        conversation has its own beside its chat.
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
              ${dollars(spent)} of $${exactly(limit)}
              ${spent >= limit ? html`<span class="badge failed">spent</span>` : ''}
            </span>
            <progress value=${Math.min(spent, limit)} max=${Math.max(limit, 1)} aria-label="Spent of the budget: ${name}"></progress>
          `}
    </li>
  `;
}

customElements.define('money-budgets', MoneyBudgets);
