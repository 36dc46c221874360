import { html, nothing } from 'lit';
import { get } from './api.js';
import { ConsoleElement, fact } from './element.js';
import { number, percent } from './format.js';
import { Poller } from './poller.js';

const WINDOWS = [
  { window: '5m', label: '5 min' },
  { window: '1h', label: '1 h' },
  { window: '24h', label: '24 h' },
];
const POLL_MILLIS = 10_000;

/** Where applications found sessions: in process memory, in Redis, in Postgres or nowhere. */
class LookUps extends ConsoleElement {
  static properties = { window: { state: true }, stats: { state: true } };

  #poller = new Poller(
    POLL_MILLIS,
    () => get('/api/sessions/stats', { window: this.window }),
    (stats, problem) => Object.assign(this, { stats, problem }),
  );

  constructor() {
    super();
    this.window = '1h';
    this.stats = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#poller.poll();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#poller.stop();
  }

  render() {
    return html`
      <div class="bar">
        <h2 id="lookups-title">Look-ups, all applications</h2>
        <div class="buttons choose" role="group" aria-label="Window">
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
      ${this.problemAlert()} ${this.stats ? facts(this.stats) : nothing}
    `;
  }

  #choose(window) {
    this.window = window;
    this.#poller.poll();
  }
}

function facts(stats) {
  const all = [
    ['Hit rate', percent(stats.hit_rate)],
    ['Look-ups', number(stats.hits + stats.misses)],
    ['From memory', number(stats.process_hits)],
    ['From Redis', number(stats.cache_hits)],
    ['From Postgres', number(stats.loaded)],
    ['Unknown token', number(stats.unknown)],
    ['Failed', number(stats.failed)],
    ['Redis errors', number(stats.cache_errors)],
    ['Revocations', number(stats.invalidations)],
  ];
  return html`
    <dl class="facts">
      ${all.map(([name, value]) => fact(name, value))}
    </dl>
    ${stats.hit_rate === null
      ? html`<p class="hint">No look-ups in this window. Applications look sessions up with <code>SessionCache</code>.</p>`
      : nothing}
  `;
}

customElements.define('look-ups', LookUps);
