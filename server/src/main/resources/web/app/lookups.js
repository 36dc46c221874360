import { html, nothing } from 'lit';
import { get } from './api.js';
import { Part } from './part.js';
import { number, share } from './words.js';

const WINDOWS = [
  { window: '5m', label: '5 min' },
  { window: '1h', label: '1 h' },
  { window: '24h', label: '24 h' },
];
const LOOKS_EVERY = 10_000;

/** How applications found sessions: in their own memory, in Redis, in Postgres or not at all. */
class LookUps extends Part {
  static properties = { window: { state: true }, stats: { state: true } };

  #timer = 0;
  #turn = 0;

  constructor() {
    super();
    this.window = '1h';
    this.stats = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#turn++;
    clearTimeout(this.#timer);
  }

  render() {
    return html`
      <div class="bar">
        <h2 id="lookups-title">Look-ups of all applications</h2>
        <div class="moves choose" role="group" aria-label="Time">
          ${WINDOWS.map(
            ({ window, label }) => html`
              <button
                type="button"
                class="small outline"
                aria-pressed=${window === this.window ? 'true' : 'false'}
                @click=${() => this.#choose(window)}
              >
                ${label}
              </button>
            `,
          )}
        </div>
      </div>
      ${this.trouble()} ${this.stats ? facts(this.stats) : nothing}
    `;
  }

  #choose(window) {
    this.window = window;
    this.#look();
  }

  /** Looks, and again after a while. What was asked before another time was chosen is not worth showing. */
  async #look() {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    try {
      const stats = await get('/api/sessions/stats', { window: this.window });
      if (turn === this.#turn) {
        this.stats = stats;
        this.problem = null;
      }
    } catch (problem) {
      if (turn === this.#turn) {
        this.stats = null;
        this.problem = problem;
      }
    }
    if (turn === this.#turn) {
      this.#timer = setTimeout(() => this.#look(), LOOKS_EVERY);
    }
  }
}

function facts(stats) {
  const all = [
    ['Hit rate', share(stats.hit_rate)],
    ['Look-ups', number(stats.hits + stats.misses)],
    ['from memory', number(stats.process_hits)],
    ['from Redis', number(stats.cache_hits)],
    ['from Postgres', number(stats.loaded)],
    ['known to nobody', number(stats.unknown)],
    ['not answered', number(stats.failed)],
    ['Redis failed', number(stats.cache_errors)],
    ['Signed out', number(stats.invalidations)],
  ];
  return html`
    <dl class="facts">
      ${all.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>
    ${stats.hit_rate === null
      ? html`<p class="hint">Nobody looked a session up in this time. Applications do it with <code>SessionCache</code>.</p>`
      : nothing}
  `;
}

customElements.define('look-ups', LookUps);
