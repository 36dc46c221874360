import { html, nothing } from 'lit';
import { get, urlOf } from './api.js';
import './budgets.js';
import './chart.js';
import { clock } from './clock.js';
import { grade, isSimulated } from './countdown.js';
import { ConsoleElement } from './element.js';
import { elapsed, number, plural } from './format.js';
import { dollars } from './money.js';
import { PERIODS, beginOf, slots } from './period.js';
import { Poller } from './poller.js';
import { hashOf } from './prompts.js';
import { nameOf } from './tabs.js';

const PAGE_SIZE = 25;
const POLL_MILLIS = 10_000;

const KINDS = [
  { id: 'conversation', label: 'Conversations' },
  { id: 'tenant', label: 'Tenants' },
  { id: 'provider', label: 'Providers' },
  { id: 'model', label: 'Models' },
];

/** The filters. */
const FILTERS = ['conversation', 'tenant', 'provider'];

/** The costs and savings of warming. Period, grouping and filters are in the URL. */
class LedgerPage extends ConsoleElement {
  static properties = {
    chosen: { attribute: false },
    shown: { state: true },
    loadProblem: { state: true },
  };

  #poller = new Poller(POLL_MILLIS, () => this.#load(), (shown, problem) => {
    this.shown = shown ?? this.shown;
    this.loadProblem = problem;
  });

  constructor() {
    super();
    this.chosen = '';
    this.shown = null;
    this.loadProblem = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#poller.stop();
  }

  willUpdate(changed) {
    if (changed.has('chosen')) {
      this.#poller.poll();
    }
  }

  get #query() {
    return new URLSearchParams(this.chosen);
  }

  get #period() {
    return PERIODS.find(({ id }) => id === this.#query.get('period')) ?? PERIODS[1];
  }

  get #kind() {
    return KINDS.find(({ id }) => id === this.#query.get('by')) ?? KINDS[0];
  }

  /** The period and the filters as query parameters. */
  get #range() {
    const begin = beginOf(this.#period, clock.now());
    const query = this.#query;
    return {
      from: begin === null ? null : new Date(begin).toISOString(),
      ...Object.fromEntries(FILTERS.map((name) => [name, query.get(name)])),
    };
  }

  /** The hash of this page with changed parameters; null removes one. */
  #hash(change) {
    const query = this.#query;
    Object.entries(change).forEach(([name, value]) => (value === null ? query.delete(name) : query.set(name, value)));
    return `#/ledger?${query}`;
  }

  render() {
    return html`
      <h1>Ledger</h1>
      <p class="hint">What warming cost and saved. Days start at midnight UTC.</p>
      <div class="bar">
        ${choices('Period', PERIODS, this.#period, (id) => this.#hash({ period: id }))} ${this.#exports()}
      </div>
      ${this.#filters()}
      ${this.loadProblem
        ? html`<p class="problem" role="alert"><span>Could not load the ledger. ${this.loadProblem.message}</span></p>`
        : nothing}
      ${this.shown === null ? this.#nothingYet() : this.#content(this.shown)}
    `;
  }

  #exports() {
    const given = Object.entries(this.#range).filter(([, value]) => value !== null);
    const path = (format) => urlOf(`/api/prompts/ledger/entries?${new URLSearchParams([...given, ['format', format]])}`);
    return html`
      <div class="buttons exports" role="group" aria-label="Export all entries">
        ${['csv', 'json'].map(
          (format) =>
            html`<a role="button" class="outline" href=${path(format)} download>Export ${format.toUpperCase()}</a>`,
        )}
      </div>
    `;
  }

  #filters() {
    const query = this.#query;
    return FILTERS.filter((name) => query.has(name)).map(
      (name) => html`
        <p class="filter">
          Filter: ${name}
          ${name === 'conversation' ? conversationLink(query.get(name)) : html`<strong>${query.get(name) || 'none'}</strong>`}
          <a href=${this.#hash({ [name]: null })}>Show all</a>
        </p>
      `,
    );
  }

  #nothingYet() {
    return this.loadProblem ? nothing : html`<p aria-busy="true">Loading…</p>`;
  }

  /** The data loaded last, also while newer data is being loaded. */
  #content({ period, kind, sums, slots, groups, budgets }) {
    return html`
      <div class="columns">
        <section class="wide" aria-label="Totals">
          ${isEmpty(sums) ? this.#empty() : [figures(sums), chart(period, slots)]}
        </section>
        <section class="side" aria-labelledby="budgets-title">
          <h2 id="budgets-title">Budgets today</h2>
          <money-budgets .budgets=${budgets}></money-budgets>
        </section>
      </div>
      ${isEmpty(sums) ? nothing : html`<section aria-labelledby="breakdown-title">${this.#table(kind, groups)}</section>`}
    `;
  }

  #empty() {
    const isAll = this.#period.days === null && FILTERS.every((name) => !this.#query.has(name));
    return isAll
      ? html`<p>
          No entries yet. <a href="#/prompts">Open a conversation</a>, send a message and enable its warming: each
          turn and each warm then adds an entry.
        </p>`
      : html`<p>
          No entries in this period. <a href="#/ledger?period=all">Show all</a>, or
          <a href="#/prompts">open a conversation</a>.
        </p>`;
  }

  #table(kind, groups) {
    return html`
      <div class="bar">
        <h2 id="breakdown-title">Breakdown</h2>
        ${choices('Group by', KINDS, kind, (id) => this.#hash({ by: id }))}
      </div>
      <table class="cards money">
        <thead>
          <tr>
            <th scope="col">${kind.label}</th><th scope="col">Spent</th><th scope="col">Saved</th>
            <th scope="col">Net</th><th scope="col">Wasted</th><th scope="col">Retention</th>
            <th scope="col">Warms</th><th scope="col">First token, warm / cold</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map((group) => this.#row(kind.id, group))}
        </tbody>
      </table>
      ${groups.length < PAGE_SIZE ? nothing : html`<p class="hint">Only the top ${PAGE_SIZE} are shown.</p>`}
    `;
  }

  #row(kind, { name, sums }) {
    const wrote = sums.pings_that_wrote;
    return html`
      <tr data-group=${name}>
        <th scope="row">${this.#name(kind, name)}</th>
        <td data-label="Spent">${dollars(sums.spent_micros)}</td>
        <td data-label="Saved">${dollars(sums.saved_micros)}</td>
        <td data-label="Net">${net(sums.net_micros)}</td>
        <td data-label="Wasted">${dollars(sums.wasted_micros)}</td>
        <td data-label="Retention">${retention(sums.retention_percent)}</td>
        <td data-label="Warms">${number(sums.pings)}${wrote > 0 ? html` <small>${plural(wrote, 'miss', 'misses')}</small>` : nothing}</td>
        <td data-label="First token, warm / cold">
          ${elapsed(sums.warm_first_token_ms)} / ${elapsed(sums.cold_first_token_ms)}
        </td>
      </tr>
    `;
  }

  #name(kind, name) {
    switch (kind) {
      case 'conversation':
        return html`${conversationLink(name)} <small><a href=${this.#hash({ conversation: name })}>Filter</a></small>`;
      case 'model':
        return html`${name || 'No model'} ${isSimulated(name) ? html`<span class="badge paused">Simulator</span>` : nothing}`;
      default:
        return html`<a href=${this.#hash({ [kind]: name })}>${name || `No ${kind}`}</a>`;
    }
  }

  async #load() {
    const period = this.#period;
    const kind = this.#kind;
    const range = this.#range;
    const [time, breakdown, budgets] = await Promise.all([
      get('/api/prompts/ledger', { by: period.by, ...range }),
      get('/api/prompts/ledger', { by: kind.id, limit: PAGE_SIZE, ...range }),
      get('/api/prompts/budgets'),
    ]);
    const { sums, groups } = time;
    return { period, kind, sums, slots: slots(period, groups, clock.now()), groups: breakdown.groups, budgets };
  }
}

const isEmpty = ({ turns, pings, left }) => turns + pings + left === 0;

function figures(sums) {
  const wrote = sums.pings_that_wrote;
  return html`
    <dl class="facts figures">
      ${fact('Spent on warms', dollars(sums.spent_micros))} ${fact('Saved', dollars(sums.saved_micros))}
      ${fact('Net', net(sums.net_micros))}
      ${fact(
        'Wasted',
        dollars(sums.wasted_micros),
        sums.left === 0 ? 'all users returned' : `${plural(sums.left, 'user')} did not return`,
      )}
      ${fact('Retention', retention(sums.retention_percent))}
      ${fact('Warms', number(sums.pings), wrote === 0 ? 'no cache misses' : plural(wrote, 'cache miss', 'cache misses'))}
      ${fact('First token, warm', elapsed(sums.warm_first_token_ms), plural(sums.warm_turns, 'turn'))}
      ${fact('First token, cold', elapsed(sums.cold_first_token_ms), plural(sums.cold_turns, 'turn'))}
    </dl>
    ${sums.unpriced > 0
      ? html`<p class="hint">
          ${plural(sums.unpriced, 'turn or warm', 'turns and warms')} without a known price, counted as zero.
        </p>`
      : nothing}
  `;
}

function chart({ by, label }, slots) {
  return html`
    <h2>By ${by}</h2>
    ${slots.every(({ saved, spent }) => saved === 0 && spent === 0)
      ? html`<p class="hint">
          No warms in this period. Enable warming beside a <a href="#/prompts">conversation</a>.
        </p>`
      : html`<money-chart .slots=${slots} .of=${`by ${by}: ${label}`}></money-chart>`}
  `;
}

const choices = (name, all, chosen, hash) => html`
  <nav class="buttons choose" aria-label=${name}>
    ${all.map(
      ({ id, label }) => html`<a href=${hash(id)} aria-current=${id === chosen.id ? 'true' : nothing}>${label}</a>`,
    )}
  </nav>
`;

const fact = (name, value, more = '') =>
  html`<div><dt>${name}</dt><dd>${value}${more ? html`<small>${more}</small>` : nothing}</dd></div>`;

/** Savings less costs; the colour only repeats the sign. */
const net = (micros) => html`<span class="grade ${micros < 0 ? 'poor' : 'good'}">${dollars(micros)}</span>`;

const retention = (percent) =>
  percent === null ? '–' : html`<span class="grade ${grade(percent)}">${percent} %</span>`;

const conversationLink = (id) => html`<a href=${hashOf(id)} title=${id}>${nameOf(id)}</a>`;

customElements.define('ledger-page', LedgerPage);
