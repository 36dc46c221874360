import { html, nothing } from 'lit';
import { get, urlOf } from './api.js';
import './budgets.js';
import './chart.js';
import { clock } from './clock.js';
import { grade, isSimulated } from './countdown.js';
import { dollars } from './money.js';
import { Part } from './part.js';
import { PERIODS, beginOf, slots } from './period.js';
import { hashOf } from './prompts.js';
import { nameOf } from './tabs.js';
import { number, plural, took } from './words.js';

const MOST = 25;
const LOOKS_EVERY = 10_000;

const KINDS = [
  { id: 'conversation', label: 'Conversations' },
  { id: 'tenant', label: 'Tenants' },
  { id: 'provider', label: 'Providers' },
  { id: 'model', label: 'Models' },
];

/** What the ledger can be narrowed down to. */
const FILTERS = ['conversation', 'tenant', 'provider'];

/** What warming has cost and brought. All that is chosen is in the address. */
class LedgerPage extends Part {
  static properties = {
    chosen: { attribute: false },
    shown: { state: true },
    unread: { state: true },
  };

  #timer = 0;
  #turn = 0;

  constructor() {
    super();
    this.chosen = '';
    this.shown = null;
    this.unread = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('visibilitychange', () => document.hidden || this.#look(), document);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#turn++;
    clearTimeout(this.#timer);
  }

  willUpdate(changed) {
    if (changed.has('chosen')) {
      this.#look();
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

  /** Which lines are meant, as the server wants to be asked. */
  get #range() {
    const begin = beginOf(this.#period, clock.now());
    const query = this.#query;
    return {
      from: begin === null ? null : new Date(begin).toISOString(),
      ...Object.fromEntries(FILTERS.map((name) => [name, query.get(name)])),
    };
  }

  /** The address of this page with something else chosen; null is no choice. */
  #hash(change) {
    const query = this.#query;
    Object.entries(change).forEach(([name, value]) => (value === null ? query.delete(name) : query.set(name, value)));
    return `#/ledger?${query}`;
  }

  render() {
    return html`
      <h1>Ledger</h1>
      <p class="hint">What warming has cost and what it has saved. Days begin at midnight, UTC.</p>
      <div class="bar">
        ${choices('Period', PERIODS, this.#period, (id) => this.#hash({ period: id }))} ${this.#exports()}
      </div>
      ${this.#filters()}
      ${this.unread
        ? html`<p class="problem" role="alert"><span>The ledger could not be read. ${this.unread.message}</span></p>`
        : nothing}
      ${this.shown === null ? this.#nothingYet() : this.#content(this.shown)}
    `;
  }

  #exports() {
    const given = Object.entries(this.#range).filter(([, value]) => value !== null);
    const path = (format) => urlOf(`/api/prompts/ledger/entries?${new URLSearchParams([...given, ['format', format]])}`);
    return html`
      <div class="moves exports" role="group" aria-label="Every line as a file">
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
          Only ${name}
          ${name === 'conversation' ? conversationLink(query.get(name)) : html`<strong>${query.get(name) || 'none'}</strong>`}
          <a href=${this.#hash({ [name]: null })}>Show all</a>
        </p>
      `,
    );
  }

  #nothingYet() {
    return this.unread ? nothing : html`<p aria-busy="true">Looking …</p>`;
  }

  /** What was read last, also while something else is being read. */
  #content({ period, kind, sums, slots, groups, budgets }) {
    return html`
      <div class="columns">
        <section class="wide" aria-label="What it came to">
          ${isEmpty(sums) ? this.#empty() : [figures(sums), chart(period, slots)]}
        </section>
        <section class="side" aria-labelledby="budgets-title">
          <h2 id="budgets-title">Budgets today</h2>
          <money-budgets .budgets=${budgets}></money-budgets>
        </section>
      </div>
      ${isEmpty(sums) ? nothing : html`<section aria-labelledby="who-title">${this.#table(kind, groups)}</section>`}
    `;
  }

  #empty() {
    const isAll = this.#period.days === null && FILTERS.every((name) => !this.#query.has(name));
    return isAll
      ? html`<p>
          Nothing is in the ledger yet. <a href="#/prompts">Open a conversation</a>, say something, and switch its
          warming on: from then on each turn and each warm is a line here.
        </p>`
      : html`<p>
          Nothing was said or warmed here in this time. <a href="#/ledger?period=all">Show all</a>, or
          <a href="#/prompts">say something</a>.
        </p>`;
  }

  #table(kind, groups) {
    return html`
      <div class="bar">
        <h2 id="who-title">Who spends most</h2>
        ${choices('What to compare', KINDS, kind, (id) => this.#hash({ by: id }))}
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
      ${groups.length < MOST ? nothing : html`<p class="hint">Only the first ${MOST} are shown.</p>`}
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
        <td data-label="Warms">${number(sums.pings)}${wrote > 0 ? html` <small>${number(wrote)} wrote</small>` : nothing}</td>
        <td data-label="First token, warm / cold">
          ${took(sums.warm_first_token_ms)} / ${took(sums.cold_first_token_ms)}
        </td>
      </tr>
    `;
  }

  #name(kind, name) {
    switch (kind) {
      case 'conversation':
        return html`${conversationLink(name)} <small><a href=${this.#hash({ conversation: name })}>Only this</a></small>`;
      case 'model':
        return html`${name || 'none'} ${isSimulated(name) ? html`<span class="badge paused">simulator</span>` : nothing}`;
      default:
        return html`<a href=${this.#hash({ [kind]: name })}>${name || 'nobody in particular'}</a>`;
    }
  }

  /** Looks, and again after a while. What was asked before something else was chosen is not worth showing. */
  async #look() {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const period = this.#period;
    const kind = this.#kind;
    const range = this.#range;
    try {
      const [time, who, budgets] = await Promise.all([
        get('/api/prompts/ledger', { by: period.by, ...range }),
        get('/api/prompts/ledger', { by: kind.id, limit: MOST, ...range }),
        get('/api/prompts/budgets'),
      ]);
      if (turn === this.#turn) {
        const { sums } = time;
        this.shown = { period, kind, sums, slots: slots(period, time.groups, clock.now()), groups: who.groups, budgets };
        this.unread = null;
      }
    } catch (problem) {
      if (turn === this.#turn) {
        this.unread = problem;
      }
    }
    if (turn === this.#turn) {
      this.#timer = setTimeout(() => document.hidden || this.#look(), LOOKS_EVERY);
    }
  }
}

const isEmpty = ({ turns, pings, left }) => turns + pings + left === 0;

function figures(sums) {
  const wrote = sums.pings_that_wrote;
  return html`
    <dl class="facts figures">
      ${fact('Spent on warms', dollars(sums.spent_micros))} ${fact('Saved by them', dollars(sums.saved_micros))}
      ${fact('Net', net(sums.net_micros))}
      ${fact(
        'Wasted',
        dollars(sums.wasted_micros),
        sums.left === 0 ? 'nobody stayed away' : `${plural(sums.left, 'time')} no user came back`,
      )}
      ${fact('Retention', retention(sums.retention_percent))}
      ${fact('Warms', number(sums.pings), wrote === 0 ? 'none found the cache gone' : `${number(wrote)} wrote: cache gone`)}
      ${fact('First token, warm', took(sums.warm_first_token_ms), plural(sums.warm_turns, 'turn'))}
      ${fact('First token, cold', took(sums.cold_first_token_ms), plural(sums.cold_turns, 'turn'))}
    </dl>
    ${sums.unpriced > 0
      ? html`<p class="hint">
          Of ${plural(sums.unpriced, 'turn or warm', 'turns and warms')} nobody knows the price; they count as nothing.
        </p>`
      : nothing}
  `;
}

function chart({ by, label }, slots) {
  return html`
    <h2>By ${by}</h2>
    ${slots.every(({ saved, spent }) => saved === 0 && spent === 0)
      ? html`<p class="hint">
          There were turns, but nothing was spent on warms and nothing saved. Switch warming on beside a
          <a href="#/prompts">conversation</a>.
        </p>`
      : html`<money-chart .slots=${slots} .of=${`by ${by}: ${label}`}></money-chart>`}
  `;
}

const choices = (name, all, chosen, hash) => html`
  <nav class="moves choose" aria-label=${name}>
    ${all.map(
      ({ id, label }) => html`<a href=${hash(id)} aria-current=${id === chosen.id ? 'true' : nothing}>${label}</a>`,
    )}
  </nav>
`;

const fact = (name, value, more = '') =>
  html`<div><dt>${name}</dt><dd>${value}${more ? html`<small>${more}</small>` : nothing}</dd></div>`;

/** What came out in the end. The sign says it, the colour only shows it. */
const net = (micros) => html`<span class="grade ${micros < 0 ? 'poor' : 'good'}">${dollars(micros)}</span>`;

const retention = (percent) =>
  percent === null ? '–' : html`<span class="grade ${grade(percent)}">${percent} %</span>`;

const conversationLink = (id) => html`<a href=${hashOf(id)} title=${id}>${nameOf(id)}</a>`;

customElements.define('ledger-page', LedgerPage);
