import { html, nothing } from 'lit';
import { get, post } from './api.js';
import { glance } from './glance.js';
import { Part, say } from './part.js';
import './lookups.js';
import './revoke.js';
import './runs.js';
import { number, plural, size } from './words.js';

const MOST = 20;

/** How login sessions are kept warm: begin a run, see how it goes and how the last ones went. */
class SessionsPage extends Part {
  static properties = { runs: { state: true }, estimate: { state: true } };

  /** The id and state of the newest run when the list was read last. */
  #seen = null;

  constructor() {
    super();
    this.runs = null;
    this.estimate = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('change', () => this.#news(), glance);
    this.#news();
  }

  render() {
    const { now } = glance;
    if (now === null) {
      return html`<h1>Sessions</h1><p aria-busy="true">Looking …</p>`;
    }
    return html`
      <h1>Sessions</h1>
      ${now.sessions.configured ? this.#content(now) : unconfigured(now.sessions.missing)}
    `;
  }

  #content({ sessions, server }) {
    return html`
      ${sessions.troubles
        .filter(({ about }) => about !== 'run')
        .map(({ message }) => html`<p class="problem" role="alert"><span>${message}</span></p>`)}
      <div class="columns">
        <section class="side" aria-labelledby="warm-title">
          <h2 id="warm-title">Warm now</h2>
          ${this.#form(server.sessions.plan)}
        </section>
        <section class="wide" aria-labelledby="runs-title">
          <h2 id="runs-title">Runs</h2>
          ${this.#list()}
        </section>
      </div>
      <div class="columns">
        <section class="side" aria-labelledby="revoke-title">
          <h2 id="revoke-title">Sign out</h2>
          <revoke-form></revoke-form>
        </section>
        <section class="wide" aria-labelledby="lookups-title"><look-ups></look-ups></section>
      </div>
    `;
  }

  #form(plan) {
    const field = (name, label, placeholder, type = 'text') => html`
      <label>
        ${label}
        <input name=${name} inputmode=${type === 'number' ? 'numeric' : 'text'} autocomplete="off" placeholder=${placeholder} />
      </label>
    `;
    return html`
      <form @submit=${this.#warm} @input=${() => (this.estimate = null)}>
        <p class="hint">Empty fields are as the server is set.</p>
        <div class="grid pairs">
          ${field('count', 'Sessions at most', number(plan.count), 'number')} ${field('window', 'Active within', plan.window)}
          ${field('rate', 'Sessions a second', plan.rate === null ? 'any number' : number(plan.rate), 'number')}
          ${field('deadline', 'Time it may take', plan.deadline)}
        </div>
        <fieldset class="choices">
          <label><input type="checkbox" name="refresh" ?checked=${plan.refresh} />Replace entries near expiry as well</label>
          <label><input type="checkbox" name="dry_run" ?checked=${plan.dry_run} />Dry run: do all but write</label>
        </fieldset>
        <div aria-live="polite">${this.estimate ? forecast(this.estimate) : nothing}</div>
        ${this.trouble()}
        <div class="moves">
          <button type="submit" data-takes="operate" ?disabled=${this.busy}>Warm sessions</button>
          <button type="button" class="outline" ?disabled=${this.busy} @click=${this.#estimate}>What would it take?</button>
        </div>
      </form>
    `;
  }

  #list() {
    if (this.runs === null) {
      return html`<p aria-busy="true">Looking …</p>`;
    }
    return this.runs.length === 0
      ? html`<p class="hint">There was none since the server started. “Warm sessions” begins one.</p>`
      : html`<warm-runs .runs=${this.runs}></warm-runs>`;
  }

  /** Shows the newest run as it goes, and reads the list anew when one has begun or ended. */
  #news() {
    const run = glance.now?.sessions.run ?? null;
    const seen = run === null ? '' : `${run.id} ${run.state}`;
    if (glance.now?.sessions.configured && this.#seen !== seen) {
      this.#seen = seen;
      this.#read();
    } else if (run !== null && this.runs !== null) {
      this.runs = this.runs.map((known) => (known.id === run.id ? run : known));
    }
    this.requestUpdate();
  }

  async #read() {
    try {
      this.runs = (await get('/api/sessions/runs', { limit: MOST })).runs;
    } catch (problem) {
      this.problem = problem;
      this.#seen = null; // The next news is the next chance.
    }
  }

  #warm(event) {
    event.preventDefault();
    return this.attempt(async () => {
      const run = await post('/api/sessions/warm', this.#wish());
      say('The run has begun');
      this.runs = [run, ...(this.runs ?? []).filter(({ id }) => id !== run.id)];
    });
  }

  #estimate() {
    const { count, window } = this.#wish();
    return this.attempt(async () => (this.estimate = await get('/api/sessions/estimate', { count, window })));
  }

  /** What is typed; the server says what of it makes no sense. */
  #wish() {
    const form = new FormData(this.querySelector('form'));
    const typed = (name) => form.get(name).trim();
    const text = (name) => (typed(name) === '' ? null : typed(name));
    const whole = (name) => (/^\d+$/.test(typed(name)) ? Number(typed(name)) : text(name));
    return {
      count: whole('count'),
      window: text('window'),
      rate: whole('rate'),
      deadline: text('deadline'),
      refresh: form.has('refresh'),
      dry_run: form.has('dry_run'),
    };
  }
}

const EXAMPLES = {
  DATABASE_URL: 'postgres://user:password@host:5432/database',
  REDIS_URL: 'redis://:password@host:6379',
};

const forecast = ({ eligible, selected, average_bytes, cache_bytes }) => html`
  <section class="preview" aria-label="What it would take">
    <p>
      <strong>${plural(selected, 'session')}</strong> of ${number(eligible)} that are alive, about
      <strong>${size(cache_bytes)}</strong> in Redis, ${size(average_bytes)} each.
    </p>
  </section>
`;

const unconfigured = (missing) => html`
  <div class="reading">
    <p>
      Stoker copies the sessions that were active last from Postgres into Redis, so that the first request of each user
      after a restart is a hit. It has not been told where both are.
    </p>
    <p>Set ${missing.map((name, index) => html`${index > 0 ? ' and ' : ''}<code>${name}</code>`)}, and start the server again:</p>
    <pre><code>${missing.map((name) => `${name}=${EXAMPLES[name]} \\\n`)}./stoker serve</code></pre>
    <p>To see it first, run <code>./stoker demo</code>, which brings a Postgres and a Redis of its own.</p>
  </div>
`;

customElements.define('sessions-page', SessionsPage);
