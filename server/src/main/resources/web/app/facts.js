import { html } from 'lit';
import { get } from './api.js';
import { glance } from './glance.js';
import { exactly } from './money.js';
import { Part } from './part.js';
import { moment, number } from './words.js';
import { who } from './who.js';

const PIPELINES = {
  extractive: 'passages of the documents, word for word',
  ollama: 'a model of an Ollama',
  openai: 'a model behind OpenAI’s protocol',
  http: 'an application of your own',
};

/** What the server was started with, as far as it is no secret. */
class ServerFacts extends Part {
  static properties = { session: { state: true }, models: { state: true } };

  constructor() {
    super();
    this.session = null;
    this.models = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('change', () => this.requestUpdate(), glance);
    this.attempt(async () => (this.session = await get('/api/session')));
    this.attempt(async () => (this.models = (await get('/models')).models));
  }

  render() {
    const { now } = glance;
    return html`
      <section aria-labelledby="server-title">
        <h2 id="server-title">This server</h2>
        <p class="hint">Set by environment variables or a file <code>stoker.yaml</code> when it starts; not to be changed here.</p>
        ${this.trouble()}
        ${now === null
          ? html`<p aria-busy="true">Looking …</p>`
          : [this.#itself(now.server), sessions(now.server.sessions), answers(now.server.answers), this.#prompts(now.server.prompts)]}
      </section>
    `;
  }

  #itself({ version, started_at, address }) {
    return group('Itself', [
      ['Version', version ?? 'built from sources'],
      ['Started', moment(started_at)],
      ['Listens on', address ?? 'every address'],
      ['Token', this.session === null ? '–' : this.session.token_needed ? 'needed' : 'none needed'],
      ['You are', `${who.name || 'nobody in particular'}, ${who.role}`],
    ]);
  }

  #prompts({ providers, standard_model, mode, interval, daily_budget_micros, warms_per_minute }) {
    return group('Prompts', [
      ['Providers', providers.join(', ')],
      ['Standard model', standard_model],
      ['Policy', mode],
      ['Interval', interval],
      ['Budget a day', daily_budget_micros === null ? 'any amount' : `$${exactly(daily_budget_micros)}`],
      ['Warms a minute', warms_per_minute === 0 ? 'any number' : `${number(warms_per_minute)} of each provider`],
      ['Models', this.models === null ? '–' : this.models.join(', '), true],
    ]);
  }
}

function sessions(set) {
  if (set === null) {
    return group('Sessions', [['Configured', html`no; <a href="#/sessions">what to set</a>`]]);
  }
  const { plan, mapping, namespace, warm_at_start, keep_warm, look_every } = set;
  return group('Sessions', [
    ['Sessions at most', number(plan.count)],
    ['Active within', plan.window],
    ['Sessions a second', plan.rate === null ? 'any number' : number(plan.rate)],
    ['Time a run may take', plan.deadline],
    ['Entries live at most', plan.ttl_cap],
    ['Mapping', mapping],
    ['Keys begin with', namespace],
    ['Warms at the start', warm_at_start ? 'yes' : 'no'],
    ['Keeps warm', keep_warm ? `looks every ${look_every}` : 'no'],
  ]);
}

const answers = ({ kept_in, pipeline, model, embeddings, similar }) =>
  group('Answers', [
    ['Kept in', kept_in === 'postgres' ? 'Postgres' : 'a folder'],
    ['Answered by', PIPELINES[pipeline] ?? pipeline],
    ['Model', model || 'none'],
    ['Looked up', embeddings ? 'by meaning and by words' : 'by words'],
    ['Similar questions', similar ? 'share an answer' : 'have answers of their own'],
  ]);

const group = (title, facts) => html`
  <h3>${title}</h3>
  <dl class="facts">
    ${facts.map(([name, value, wide]) => html`<div class=${wide ? 'wide' : ''}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>
`;

customElements.define('server-facts', ServerFacts);
