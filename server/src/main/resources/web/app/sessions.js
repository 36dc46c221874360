import { html, nothing } from 'lit';
import { get, post } from './api.js';
import { ConsoleElement, announce } from './element.js';
import { byteSize, number, plural } from './format.js';
import './lookups.js';
import './revoke.js';
import './runs.js';
import { overviewStore } from './store.js';

const PAGE_SIZE = 20;

/** Warm runs of login sessions: a form that starts one, the last runs, sign-out, look-ups. */
class SessionsPage extends ConsoleElement {
  static properties = { runs: { state: true }, estimate: { state: true } };

  /** The id and state of the newest run when the list was last loaded. */
  #lastRun = null;

  constructor() {
    super();
    this.runs = null;
    this.estimate = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('change', () => this.#onChange(), overviewStore);
    this.#onChange();
  }

  render() {
    const { latest } = overviewStore;
    if (latest === null) {
      return html`<h1>Sessions</h1><p aria-busy="true">Loading…</p>`;
    }
    return html`
      <h1>Sessions</h1>
      ${latest.sessions.configured ? this.#content(latest) : setUpHint(latest.sessions.missing)}
    `;
  }

  #content({ sessions, server }) {
    return html`
      ${sessions.troubles
        .filter(({ about }) => about !== 'run')
        .map(({ message }) => html`<p class="problem" role="alert"><span>${message}</span></p>`)}
      ${sessions.follow ? followText(sessions.follow) : nothing}
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
          <h2 id="revoke-title">Sign users out</h2>
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
        <p class="hint">Empty fields use the server’s settings.</p>
        <div class="grid pairs">
          ${field('count', 'Max sessions', number(plan.count), 'number')} ${field('window', 'Active within', plan.window)}
          ${field('rate', 'Sessions per second', plan.rate === null ? 'unlimited' : number(plan.rate), 'number')}
          ${field('deadline', 'Deadline', plan.deadline)}
        </div>
        <fieldset class="choices">
          <label><input type="checkbox" name="refresh" ?checked=${plan.refresh} />Also refresh entries near expiry</label>
          <label><input type="checkbox" name="dry_run" ?checked=${plan.dry_run} />Dry run: write nothing</label>
        </fieldset>
        <div aria-live="polite">${this.estimate ? estimateText(this.estimate) : nothing}</div>
        ${this.problemAlert()}
        <div class="buttons">
          <button type="submit" data-permission="operate" ?disabled=${this.busy}>Warm sessions</button>
          <button type="button" class="outline" ?disabled=${this.busy} @click=${this.#estimate}>Estimate</button>
        </div>
      </form>
    `;
  }

  #list() {
    if (this.runs === null) {
      return html`<p aria-busy="true">Loading…</p>`;
    }
    return this.runs.length === 0
      ? html`<p class="hint">No runs since the server started. “Warm sessions” starts one.</p>`
      : html`<warm-runs .runs=${this.runs}></warm-runs>`;
  }

  /** Shows the progress of the newest run, and reloads the list when a run has started or ended. */
  #onChange() {
    const run = overviewStore.latest?.sessions.run ?? null;
    const seen = run === null ? '' : `${run.id} ${run.state}`;
    if (overviewStore.latest?.sessions.configured && this.#lastRun !== seen) {
      this.#lastRun = seen;
      this.#read();
    } else if (run !== null && this.runs !== null) {
      this.runs = this.runs.map((known) => (known.id === run.id ? run : known));
    }
    this.requestUpdate();
  }

  async #read() {
    try {
      this.runs = (await get('/api/sessions/runs', { limit: PAGE_SIZE })).runs;
    } catch (problem) {
      this.problem = problem;
      this.#lastRun = null; // Retried at the next change.
    }
  }

  #warm(event) {
    event.preventDefault();
    return this.attempt(async () => {
      const run = await post('/api/sessions/warm', this.#enteredPlan());
      announce('Run started');
      this.runs = [run, ...(this.runs ?? []).filter(({ id }) => id !== run.id)];
    });
  }

  #estimate() {
    const { count, window } = this.#enteredPlan();
    return this.attempt(async () => (this.estimate = await get('/api/sessions/estimate', { count, window })));
  }

  /** The values entered, unchecked; the server reports invalid ones. */
  #enteredPlan() {
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

const estimateText = ({ eligible, selected, average_bytes, cache_bytes }) => html`
  <section class="preview" aria-label="Estimate">
    <p>
      <strong>${plural(selected, 'session')}</strong> of ${number(eligible)} eligible, about
      <strong>${byteSize(cache_bytes)}</strong> in Redis, ${byteSize(average_bytes)} each.
    </p>
  </section>
`;

const setUpHint = (missing) => html`
  <div class="reading">
    <p>
      Stoker copies the most recently active sessions from Postgres to Redis, so that the first request of each user
      after a restart is a cache hit.
    </p>
    <p>To set it up, set ${missing.map((name, index) => html`${index > 0 ? ' and ' : ''}<code>${name}</code>`)}, and restart the server:</p>
    <pre><code>${missing.map((name) => `${name}=${EXAMPLES[name]} \\\n`)}./stoker serve</code></pre>
    <p>To try it first, run <code>./stoker demo</code>, which starts a Postgres and a Redis of its own.</p>
  </div>
`;

customElements.define('sessions-page', SessionsPage);

/** How Redis follows Postgres, with what was done since the server started. */
function followText({ state, text, changes, position }) {
  if (state !== 'following' && state !== 'standby') {
    return nothing; // Said among the troubles.
  }
  const done = [
    ['written', changes.written],
    ['ended', changes.ended],
    ['users written', changes.user_written],
    ['users ended', changes.user_ended],
    ['everything ended', changes.everything_ended],
  ].filter(([, count]) => count > 0);
  return html`
    <p class="follow">
      Postgres: ${text}${position === null ? nothing : html` <span class="hint">at ${position}</span>`}
      ${done.length === 0 ? nothing : html`<span class="hint">${done.map(([what, count]) => `${number(count)} ${what}`).join(', ')}</span>`}
    </p>
  `;
}
