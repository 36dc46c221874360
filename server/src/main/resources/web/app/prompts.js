import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { chats } from './chats.js';
import { clock } from './clock.js';
import { confirm } from './confirm.js';
import { isSimulated } from './countdown.js';
import { Part } from './part.js';
import { tabs, titleOf } from './tabs.js';
import { transcriptOf } from './transcript.js';
import './warming.js';
import { number, span, took } from './words.js';

const LONGEST_MESSAGE = 16_000;
const NEAR = 120;

export const hashOf = (id) => `#/prompts/${encodeURIComponent(id)}`;

/** What ended a turn, where it is not simply done. */
const REASONS = {
  aborted: 'The answer was broken off, for the conversation was closed.',
  error: 'The answer failed.',
  length: 'The answer has reached its greatest length.',
  'content-filter': 'The provider held back the answer.',
};

/** Chats, each in a tab, and how their caches are kept warm. */
class PromptsPage extends Part {
  static properties = { wanted: { attribute: false }, closed: { state: true }, heard: { state: true } };

  #shown = null;
  #place = -1;
  #atEnd = true;
  #end = '';
  #wasBusy = false;

  constructor() {
    super();
    this.wanted = null;
    this.closed = null;
    this.heard = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('change', () => this.#news(), chats);
    this.hear('tick', () => chats.again && this.requestUpdate(), clock);
    chats.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    chats.stop();
  }

  willUpdate() {
    const id = this.#choose();
    if (id !== this.#shown) {
      this.#shown = id;
      this.#wasBusy = false;
      this.#atEnd = true;
      this.problem = null;
      chats.conversation(id);
      chats.show(id);
    } else {
      this.#atEnd = innerHeight + scrollY > document.documentElement.scrollHeight - NEAR;
    }
    this.#place = tabs.all.findIndex((tab) => tab.id === id);
  }

  /** Which conversation is in front: the one in the address, else where one was before, else the last. */
  #choose() {
    const isClosed = this.wanted === this.#shown && !tabs.find(this.wanted);
    if (this.wanted === null || isClosed) {
      this.wanted = (tabs.find(this.#shown ?? chats.shown) ?? tabs.all[this.#place] ?? tabs.all.at(-1))?.id ?? chats.create();
      location.replace(hashOf(this.wanted));
    }
    return this.wanted;
  }

  render() {
    const conversation = chats.conversation(this.#shown);
    return html`
      <h1>Conversations</h1>
      ${this.#tabs()} ${this.#afterwards()}
      <div class="columns">
        <section class="side" aria-label="Cache warming">
          <warming-panel .conversation=${conversation}></warming-panel>
        </section>
        <section class="wide chat" aria-label="Conversation">
          ${this.#head()} ${conversation.known || !conversation.unread ? transcriptOf(conversation) : nothing} ${this.#outcome(conversation)} ${this.#composer(conversation)}
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
                <a href=${hashOf(id)} aria-current=${id === this.#shown ? 'page' : nothing} title=${titleOf(id)}>
                  ${titleOf(id)}${chats.conversation(id).busy ? html` <small>answering …</small>` : nothing}
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

  #afterwards() {
    return this.closed
      ? html`<p class="hint">
          “${this.closed.title}” is closed.
          <a href=${hashOf(this.closed.id)} @click=${() => (this.closed = null)}>Open it again</a>
        </p>`
      : nothing;
  }

  #head() {
    const model = chats.modelOf(this.#shown);
    const models = chats.models ?? [];
    const all = [...(models.includes(model) ? [] : [model]), ...models];
    const simulated = model === '' ? models.length > 0 && models.every(isSimulated) : isSimulated(model);
    return html`
      <div class="bar">
        <label>
          Model
          <select name="model" @change=${({ target }) => this.#pick(target.value)}>
            ${repeat(
              all,
              (name) => name,
              (name) => html`<option value=${name} .selected=${live(name === model)}>${name || 'the standard one'}</option>`,
            )}
          </select>
        </label>
        <div class="closing">
          <button
            type="button"
            class="small outline danger"
            data-takes="use"
            aria-describedby="closing"
            ?disabled=${this.busy}
            @click=${() => this.#close(this.#shown)}
          >
            Close conversation
          </button>
          <button
            type="button"
            class="small outline danger"
            data-takes="use"
            aria-describedby="deleting"
            ?disabled=${this.busy}
            @click=${() => this.#delete(this.#shown)}
          >
            Delete conversation
          </button>
          <small id="closing">Closing ends the answer and the warming.</small>
          <small id="deleting">Deleting removes all that was said, too.</small>
        </div>
      </div>
      ${simulated
        ? html`<p class="simulated">
            <span class="badge paused">simulator</span> Answers, tokens and cache are simulated: no model reads what you
            write, and nothing is paid.
          </p>`
        : nothing}
      ${chats.problem ? html`<p class="problem" role="alert"><span>${chats.problem.message}</span></p>` : nothing}
    `;
  }

  /** What comes after all that was said: how it ended, and what is wrong. */
  #outcome(conversation) {
    const { last, problem, unread, busy } = conversation;
    return html`
      <div class="end">
        <p class="unseen" role="status">${this.heard}</p>
        ${last && !busy ? html`<p class="hint">${REASONS[last.reason] ?? ''} ${cost(last)}</p>` : nothing}
        ${problem
          ? html`<p class="problem" role="alert">
              <span>${problem.message}</span>
              <button type="button" class="plain" aria-label="Dismiss" @click=${() => this.#dismiss(conversation)}>
                ×
              </button>
            </p>`
          : nothing}
        ${unread
          ? html`<p class="problem" role="alert">
              <span>What was said could not be read. ${unread.message}</span>
              <button type="button" class="small outline" @click=${() => conversation.read()}>Read again</button>
            </p>`
          : nothing}
        ${this.trouble()}
      </div>
    `;
  }

  #composer(conversation) {
    const { busy, sending, draft } = conversation;
    return html`
      <form class="composer" @submit=${this.#send}>
        ${this.#link()}
        <label>
          <span class="unseen">Message</span>
          <textarea
            name="message"
            data-takes="use"
            rows="2"
            maxlength=${LONGEST_MESSAGE}
            placeholder="Message"
            aria-describedby="composer-keys"
            .value=${live(draft)}
            ?readonly=${sending !== null}
            @input=${({ target }) => this.#typed(conversation, target.value)}
            @keydown=${this.#key}
          ></textarea>
        </label>
        <button type="submit" data-takes="use" ?disabled=${busy || !chats.online || draft.trim() === ''} aria-busy=${busy}>
          ${busy ? 'Answering …' : 'Send'}
        </button>
        <small id="composer-keys">Enter sends, Shift and Enter begin a new line.</small>
      </form>
    `;
  }

  #link() {
    if (chats.online || chats.again === null) {
      return nothing;
    }
    const left = Math.ceil((chats.again - Date.now()) / 1000);
    return html`
      <p class="problem">
        <span role="alert">The connection is lost. What goes on at the server goes on without this page.</span>
        <button type="button" class="small outline" @click=${() => chats.retry()}>
          ${left > 0 ? `Try again (in ${span(left)})` : 'Trying …'}
        </button>
      </p>
    `;
  }

  /** Follows what is said, unless somebody reads further up. */
  updated() {
    super.updated();
    const { pieces } = chats.conversation(this.#shown);
    const end = `${this.#shown} ${pieces.length} ${pieces.at(-1)?.chunk.text?.length}`;
    if (end !== this.#end && this.#atEnd) {
      scrollTo(0, document.documentElement.scrollHeight);
    }
    this.#end = end;
  }

  #news() {
    if (tabs.find(this.#shown)) {
      const { busy, last } = chats.conversation(this.#shown);
      if (this.#wasBusy && !busy && last) {
        this.heard = REASONS[last.reason] ?? 'The answer is complete.';
      } else if (busy) {
        this.heard = '';
      }
      this.#wasBusy = busy;
    }
    this.requestUpdate();
  }

  #pick(model) {
    tabs.change(this.#shown, { model });
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
    const said = await confirm({
      title: `Delete “${titleOf(id)}”?`,
      text: 'All that was said in it is removed, for every page that shows it. What it has cost stays in the ledger.',
      action: 'Delete conversation',
    });
    if (said !== null && (await this.attempt(() => chats.delete(id)))) {
      this.closed = null;
      this.#focus();
    }
  }

  async #focus() {
    await this.updateComplete;
    this.querySelector('textarea').focus();
  }

  #typed(conversation, text) {
    conversation.draft = text;
    this.requestUpdate();
  }

  #key(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  }

  #send(event) {
    event.preventDefault();
    const conversation = chats.conversation(this.#shown);
    const message = conversation.draft.trim();
    if (message !== '' && !conversation.busy) {
      this.#wasBusy = true;
      chats.send(this.#shown, message);
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
    durationMs == null ? null : `took ${took(durationMs)}`,
    usage ? `${number(usage.inputTokens)} tokens in` : null,
    usage?.cacheReadTokens == null ? null : `${number(usage.cacheReadTokens)} of them from the cache`,
    usage ? `${number(usage.outputTokens)} out` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : `The last turn: ${parts.join(', ')}.`;
}

customElements.define('prompts-page', PromptsPage);
