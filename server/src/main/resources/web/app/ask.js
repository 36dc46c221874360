import { html, nothing } from 'lit';
import { post } from './api.js';
import { Part } from './part.js';
import { moment, number, seconds, span, unwrap } from './words.js';

/** An answer with what it rests on. */
export function answerOf({ answer, sources, confidence, model }) {
  return html`
    <p class="text">${model === 'extractive' ? unwrap(answer) : answer}</p>
    <p class="hint">
      ${model === 'extractive' ? 'Passages of the documents, word for word' : `Written by ${model}`} · confidence
      ${number(confidence)} of 100
    </p>
    ${sources.length === 0
      ? nothing
      : html`
          <h3>Sources</h3>
          <ol class="sources">
            ${sources.map(
              (source) => html`
                <li>
                  <details>
                    <summary>${source.title || source.document}</summary>
                    <p class="text">${unwrap(source.passage) || 'No passage was given.'}</p>
                    <small>${source.document}, version ${source.version}</small>
                  </details>
                </li>
              `,
            )}
          </ol>
        `}
  `;
}

/** The users' own way: an answer from the cache, or else from the pipeline. */
class AskPage extends Part {
  static properties = { reply: { state: true }, asked: { state: true }, took: { state: true } };

  constructor() {
    super();
    this.reply = null;
    this.asked = '';
    this.took = 0;
  }

  render() {
    return html`
      <h1>Ask</h1>
      <p class="hint">Asks as a user would: from the cache if it holds an answer, otherwise from the pipeline.</p>
      <form class="reading" @submit=${this.#ask}>
        <label>Question<input name="question" required maxlength="4000" autocomplete="off" /></label>
        <label>
          Scope (optional)<input name="scope" maxlength="200" autocomplete="off" placeholder="everybody's" />
        </label>
        <button type="submit" data-takes="use" ?disabled=${this.busy} aria-busy=${this.busy}>${this.busy ? 'Asking …' : 'Ask'}</button>
      </form>
      ${this.trouble()}
      <div aria-live="polite">${this.reply ? this.#show() : nothing}</div>
    `;
  }

  #show() {
    const { cached, matched, age, stored_at } = this.reply;
    const old = span(seconds(age));
    return html`
      <article class="answer reading">
        <header>
          <h2>${this.asked}</h2>
          <p>
            <span class="badge ${cached ? 'completed' : 'running'}">${cached ? 'cached' : 'fresh'}</span>
            ${cached ? html`<span title=${moment(stored_at)}>${old} old</span> · ` : nothing}answered in
            ${this.took < 1000 ? `${this.took} ms` : span(this.took / 1000)}
          </p>
          ${matched ? html`<p>Taken for the same as <q>${matched}</q></p>` : nothing}
        </header>
        ${answerOf(this.reply)}
      </article>
    `;
  }

  #ask(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const question = form.get('question').trim();
    return this.attempt(async () => {
      const began = performance.now();
      const reply = await post('/api/answers/ask', { question, scope: form.get('scope').trim() });
      this.took = Math.round(performance.now() - began);
      this.asked = question;
      this.reply = reply;
    });
  }
}

customElements.define('ask-page', AskPage);
