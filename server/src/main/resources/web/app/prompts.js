import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { chats } from './chats.js';
import { clock } from './clock.js';
import { confirm } from './confirm.js';
import { isSimulated } from './countdown.js';
import { ConsoleElement } from './element.js';
import { duration, elapsed, number } from './format.js';
import { tabs, titleOf } from './tabs.js';
import { transcriptOf } from './transcript.js';
import './warming.js';

const MAX_MESSAGE_LENGTH = 16_000;
const BOTTOM_MARGIN = 120;

export const hashOf = (id) => `#/prompts/${encodeURIComponent(id)}`;

/** Why a turn ended, except for a complete answer. */
const REASONS = {
  aborted: 'Answer aborted: the conversation was closed.',
  error: 'Answer failed.',
  length: 'Answer cut off at its maximum length.',
  'content-filter': 'Answer blocked by the provider.',
};

/** Conversations in tabs, each beside its warming panel. */
class PromptsPage extends ConsoleElement {
  static properties = { requested: { attribute: false }, closed: { state: true }, announced: { state: true } };

  #current = null;
  #tabPosition = -1;
  #atEnd = true;
  #lastEnd = '';
  #wasBusy = false;

  constructor() {
    super();
    this.requested = null;
    this.closed = null;
    this.announced = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('change', () => this.#onChange(), chats);
    this.listen('tick', () => chats.retryAt && this.requestUpdate(), clock);
    chats.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    chats.stop();
  }

  willUpdate() {
    const id = this.#currentId();
    if (id !== this.#current) {
      this.#current = id;
      this.#wasBusy = false;
      this.#atEnd = true;
      this.problem = null;
      chats.conversation(id);
      chats.show(id);
    } else {
      this.#atEnd = innerHeight + scrollY > document.documentElement.scrollHeight - BOTTOM_MARGIN;
    }
    this.#tabPosition = tabs.all.findIndex((tab) => tab.id === id);
  }

  /** The selected conversation: the one in the URL, else the previous one, else the last tab. */
  #currentId() {
    const isClosed = this.requested === this.#current && !tabs.find(this.requested);
    if (this.requested === null || isClosed) {
      this.requested = (tabs.find(this.#current ?? chats.current) ?? tabs.all[this.#tabPosition] ?? tabs.all.at(-1))?.id ?? chats.create();
      location.replace(hashOf(this.requested));
    }
    return this.requested;
  }

  render() {
    const conversation = chats.conversation(this.#current);
    return html`
      <h1>Conversations</h1>
      ${this.#tabs()} ${this.#closedHint()}
      <div class="columns">
        <section class="side" aria-label="Cache warming">
          <warming-panel .conversation=${conversation}></warming-panel>
        </section>
        <section class="wide chat" aria-label="Conversation">
          ${this.#header()} ${conversation.loaded || !conversation.loadProblem ? transcriptOf(conversation) : nothing} ${this.#outcome(conversation)} ${this.#composer(conversation)}
        </section>
      </div>
    `;
  }

  #tabs() {
    return html`
      <nav class="tabs" aria-label="Conversations">
        <ul>
          ${repeat(
            tabs.all,
            ({ id }) => id,
            ({ id }) => html`
              <li>
                <a href=${hashOf(id)} aria-current=${id === this.#current ? 'page' : nothing} title=${titleOf(id)}>
                  ${titleOf(id)}${chats.conversation(id).busy ? html` <small>answering…</small>` : nothing}
                </a>
                <button type="button" class="plain" aria-label="Close ${titleOf(id)}" @click=${() => this.#close(id)}>
                  ×
                </button>
              </li>
            `,
          )}
        </ul>
        <button type="button" class="small outline" @click=${this.#new}>New conversation</button>
      </nav>
    `;
  }

  #closedHint() {
    return this.closed
      ? html`<p class="hint">
          “${this.closed.title}” closed.
          <a href=${hashOf(this.closed.id)} @click=${() => (this.closed = null)}>Reopen</a>
        </p>`
      : nothing;
  }

  #header() {
    const model = chats.modelOf(this.#current);
    const models = chats.models ?? [];
    const all = [...(models.includes(model) ? [] : [model]), ...models];
    const simulated = model === '' ? models.length > 0 && models.every(isSimulated) : isSimulated(model);
    return html`
      <div class="bar">
        <label>
          Model
          <select name="model" @change=${({ target }) => this.#chooseModel(target.value)}>
            ${repeat(
              all,
              (name) => name,
              (name) => html`<option value=${name} .selected=${live(name === model)}>${name || 'Default'}</option>`,
            )}
          </select>
        </label>
        <div class="closing">
          <button
            type="button"
            class="small outline danger"
            data-permission="use"
            aria-describedby="closing"
            ?disabled=${this.busy}
            @click=${() => this.#close(this.#current)}
          >
            Close conversation
          </button>
          <button
            type="button"
            class="small outline danger"
            data-permission="use"
            aria-describedby="deleting"
            ?disabled=${this.busy}
            @click=${() => this.#delete(this.#current)}
          >
            Delete conversation
          </button>
          <small id="closing">Closing ends answer and warming.</small>
          <small id="deleting">Deleting also removes all messages.</small>
        </div>
      </div>
      ${simulated
        ? html`<p class="simulated">
            <span class="badge paused">Simulator</span> Answers, tokens and cache are simulated: no model reads your
            messages, and nothing is charged.
          </p>`
        : nothing}
      ${chats.problem ? html`<p class="problem" role="alert"><span>${chats.problem.message}</span></p>` : nothing}
    `;
  }

  /** Below the messages: how the last turn ended, and errors. */
  #outcome(conversation) {
    const { last, problem, loadProblem, busy } = conversation;
    return html`
      <div class="end">
        <p class="unseen" role="status">${this.announced}</p>
        ${last && !busy ? html`<p class="hint">${REASONS[last.reason] ?? ''} ${cost(last)}</p>` : nothing}
        ${problem
          ? html`<p class="problem" role="alert">
              <span>${problem.message}</span>
              <button type="button" class="plain" aria-label="Dismiss" @click=${() => this.#dismiss(conversation)}>
                ×
              </button>
            </p>`
          : nothing}
        ${loadProblem
          ? html`<p class="problem" role="alert">
              <span>Could not load the messages. ${loadProblem.message}</span>
              <button type="button" class="small outline" @click=${() => conversation.read()}>Retry</button>
            </p>`
          : nothing}
        ${this.problemAlert()}
      </div>
    `;
  }

  #composer(conversation) {
    const { busy, sending, draft } = conversation;
    return html`
      <form class="composer" @submit=${this.#send}>
        ${this.#connectionAlert()}
        <label>
          <span class="unseen">Message</span>
          <textarea
            name="message"
            data-permission="use"
            rows="2"
            maxlength=${MAX_MESSAGE_LENGTH}
            placeholder="Message"
            aria-describedby="composer-keys"
            .value=${live(draft)}
            ?readonly=${sending !== null}
            @input=${({ target }) => this.#onInput(conversation, target.value)}
            @keydown=${this.#onKey}
          ></textarea>
        </label>
        <button type="submit" data-permission="use" ?disabled=${busy || !chats.online || draft.trim() === ''} aria-busy=${busy}>
          ${busy ? 'Answering…' : 'Send'}
        </button>
        <small id="composer-keys">Enter sends, Shift+Enter starts a new line.</small>
      </form>
    `;
  }

  #connectionAlert() {
    if (chats.online || chats.retryAt === null) {
      return nothing;
    }
    const left = Math.ceil((chats.retryAt - Date.now()) / 1000);
    return html`
      <p class="problem">
        <span role="alert">Connection lost. Answers and warming continue on the server.</span>
        <button type="button" class="small outline" @click=${() => chats.retry()}>
          ${left > 0 ? `Retry (in ${duration(left)})` : 'Connecting…'}
        </button>
      </p>
    `;
  }

  /** Scrolls to new messages, unless the user has scrolled up. */
  updated() {
    super.updated();
    const { pieces } = chats.conversation(this.#current);
    const end = `${this.#current} ${pieces.length} ${pieces.at(-1)?.chunk.text?.length}`;
    if (end !== this.#lastEnd && this.#atEnd) {
      scrollTo(0, document.documentElement.scrollHeight);
    }
    this.#lastEnd = end;
  }

  #onChange() {
    if (tabs.find(this.#current)) {
      const { busy, last } = chats.conversation(this.#current);
      if (this.#wasBusy && !busy && last) {
        this.announced = REASONS[last.reason] ?? 'Answer complete.';
      } else if (busy) {
        this.announced = '';
      }
      this.#wasBusy = busy;
    }
    this.requestUpdate();
  }

  #chooseModel(model) {
    tabs.change(this.#current, { model });
    this.requestUpdate();
  }

  #new() {
    location.hash = hashOf(chats.create());
    this.closed = null;
    this.#focus();
  }

  async #close(id) {
    const title = titleOf(id);
    if (await this.attempt(() => chats.close(id))) {
      this.closed = { id, title };
      this.#focus();
    }
  }

  async #delete(id) {
    const confirmed = await confirm({
      title: `Delete “${titleOf(id)}”?`,
      text: 'All its messages are deleted permanently. Its costs stay in the ledger.',
      action: 'Delete conversation',
    });
    if (confirmed !== null && (await this.attempt(() => chats.delete(id)))) {
      this.closed = null;
      this.#focus();
    }
  }

  async #focus() {
    await this.updateComplete;
    this.querySelector('textarea').focus();
  }

  #onInput(conversation, text) {
    conversation.draft = text;
    this.requestUpdate();
  }

  #onKey(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  }

  #send(event) {
    event.preventDefault();
    const conversation = chats.conversation(this.#current);
    const message = conversation.draft.trim();
    if (message !== '' && !conversation.busy) {
      this.#wasBusy = true;
      chats.send(this.#current, message);
      scrollTo(0, document.documentElement.scrollHeight);
    }
  }

  #dismiss(conversation) {
    conversation.problem = null;
    this.requestUpdate();
  }
}

function cost({ durationMs, usage }) {
  const parts = [
    durationMs == null ? null : elapsed(durationMs),
    usage ? `${number(usage.inputTokens)} input tokens` : null,
    usage?.cacheReadTokens == null ? null : `${number(usage.cacheReadTokens)} of them cached`,
    usage ? `${number(usage.outputTokens)} output tokens` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : `Last turn: ${parts.join(', ')}.`;
}

customElements.define('prompts-page', PromptsPage);
