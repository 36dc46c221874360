import { html, nothing } from 'lit';
import { post } from './api.js';
import { ConsoleElement } from './element.js';
import { dateTime, duration, elapsed, number, parseDuration, unwrap } from './format.js';

/** An answer with its sources. */
export function answerOf({ answer, sources, confidence, model }) {
  return html`
    <p class="text">${model === 'extractive' ? unwrap(answer) : answer}</p>
    <p class="hint">
      ${model === 'extractive' ? 'Quoted from the documents' : `Model ${model}`} · confidence
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
                    <p class="text">${unwrap(source.passage) || 'No passage.'}</p>
                    <small>${source.document}, version ${source.version}</small>
                  </details>
                </li>
              `,
            )}
          </ol>
        `}
  `;
}

/** Asks as a user of the application does: answered from the cache, or else by the pipeline. */
class AskPage extends ConsoleElement {
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
      <p class="hint">Asks as a user would: answered from the cache, or else by the pipeline.</p>
      <form class="reading" @submit=${this.#ask}>
        <label>Question<input name="question" required maxlength="4000" autocomplete="off" /></label>
        <label>
          Scope (optional)<input name="scope" maxlength="200" autocomplete="off" placeholder="all users" />
        </label>
        <button type="submit" data-permission="use" ?disabled=${this.busy} aria-busy=${this.busy}>${this.busy ? 'Asking…' : 'Ask'}</button>
      </form>
      ${this.problemAlert()}
      <div aria-live="polite">${this.reply ? this.#show() : nothing}</div>
    `;
  }

  #show() {
    const { cached, matched, age, stored_at } = this.reply;
    const old = duration(parseDuration(age));
    return html`
      <article class="answer reading">
        <header>
          <h2>${this.asked}</h2>
          <p>
            <span class="badge ${cached ? 'completed' : 'running'}">${cached ? 'Cached' : 'New'}</span>
            ${cached ? html`<span title=${dateTime(stored_at)}>${old} old</span> · ` : nothing}answered in
            ${elapsed(this.took)}
          </p>
          ${matched ? html`<p>Matched the cached question <q>${matched}</q></p>` : nothing}
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
