import { html } from 'lit';
import { user } from './access.js';
import { get } from './api.js';
import { ConsoleElement, fact } from './element.js';
import { dateTime, number } from './format.js';
import { exactDollars } from './money.js';
import { overviewStore } from './store.js';

const PIPELINES = {
  extractive: 'Passages of the documents, word for word',
  ollama: 'Ollama',
  openai: 'OpenAI-compatible service',
  http: 'Your own application',
};

/** The settings that the server was started with, without secrets. */
class ServerInfo extends ConsoleElement {
  static properties = { session: { state: true }, models: { state: true } };

  constructor() {
    super();
    this.session = null;
    this.models = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('change', () => this.requestUpdate(), overviewStore);
    this.attempt(async () => (this.session = await get('/api/session')));
    this.attempt(async () => (this.models = (await get('/models')).models));
  }

  render() {
    const { latest } = overviewStore;
    return html`
      <section aria-labelledby="server-title">
        <h2 id="server-title">This server</h2>
        <p class="hint">Read-only. Set by environment variables or <code>stoker.yaml</code> when the server starts.</p>
        ${this.problemAlert()}
        ${latest === null
          ? html`<p aria-busy="true">Loading…</p>`
          : [this.#server(latest.server), sessions(latest.server.sessions), answers(latest.server.answers), this.#prompts(latest.server.prompts)]}
      </section>
    `;
  }

  #server({ version, started_at, address }) {
    return group('Server', [
      ['Version', version ?? 'Development build'],
      ['Started', dateTime(started_at)],
      ['Address', address ?? 'All interfaces'],
      ['Token', this.session === null ? '–' : this.session.token_needed ? 'Required' : 'Not required'],
      ['Signed in as', this.session?.token_needed ? `${user.name}, ${user.role}` : user.role],
    ]);
  }

  #prompts({ providers, standard_model, mode, interval, daily_budget_micros, warms_per_minute }) {
    return group('Prompts', [
      ['Providers', providers.join(', ')],
      ['Default model', standard_model],
      ['Policy', mode],
      ['Interval', interval],
      ['Daily budget', daily_budget_micros === null ? 'Unlimited' : `$${exactDollars(daily_budget_micros)}`],
      ['Warms per minute', warms_per_minute === 0 ? 'Unlimited' : `${number(warms_per_minute)} per provider`],
      ['Models', this.models === null ? '–' : this.models.join(', '), true],
    ]);
  }
}

function sessions(set) {
  if (set === null) {
    return group('Sessions', [['Configured', html`No; <a href="#/sessions">set up</a>`]]);
  }
  const { plan, mapping, namespace, warm_at_start, keep_warm, look_every } = set;
  return group('Sessions', [
    ['Max sessions', number(plan.count)],
    ['Active within', plan.window],
    ['Sessions per second', plan.rate === null ? 'Unlimited' : number(plan.rate)],
    ['Deadline', plan.deadline],
    ['Max TTL', plan.ttl_cap],
    ['Mapping', mapping],
    ['Key prefix', namespace],
    ['Warm at start', warm_at_start ? 'Yes' : 'No'],
    ['Keep warm', keep_warm ? `Checks every ${look_every}` : 'No'],
  ]);
}

const answers = ({ kept_in, pipeline, model, embeddings, similar }) =>
  group('Answers', [
    ['Database', kept_in === 'postgres' ? 'Postgres' : 'SQLite'],
    ['Pipeline', PIPELINES[pipeline] ?? pipeline],
    ['Model', model || 'None'],
    ['Search', embeddings ? 'By meaning and by words' : 'By words'],
    ['Similar questions', similar ? 'Share an answer' : 'Answered separately'],
  ]);

const group = (title, facts) => html`
  <h3>${title}</h3>
  <dl class="facts">
    ${facts.map(([name, value, wide]) => fact(name, value, wide))}
  </dl>
`;

customElements.define('server-info', ServerInfo);
