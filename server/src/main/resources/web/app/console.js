import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { STRANGER, get, post, remove } from './api.js';
import './armed.js';
import './ask.js';
import './batch.js';
import './cache.js';
import './documents.js';
import './ledger.js';
import { live } from './live.js';
import './moves.js';
import './overview.js';
import { Part, SAID } from './part.js';
import './prompts.js';
import './queue.js';
import './sessions.js';
import './settings.js';
import { may, meet, who } from './who.js';

const LEDGER = '#/ledger';
const promptsPage = (id) => html`<prompts-page .wanted=${id}></prompts-page>`;
const ledgerPage = (chosen) => html`<ledger-page .chosen=${chosen}></ledger-page>`;

const QUEUE = { hash: '#/answers', name: 'Queue', show: () => html`<queue-page></queue-page>` };

/** What there is, and which stream of events its pages live on. Who may not read sees what is for everybody. */
const AREAS = [
  { name: 'Overview', pages: [{ hash: '#/', name: 'Overview', show: () => html`<overview-page></overview-page>` }] },
  { name: 'Sessions', pages: [{ hash: '#/sessions', name: 'Sessions', show: () => html`<sessions-page></sessions-page>` }] },
  {
    name: 'Answers',
    stream: 'batches',
    pages: [
      QUEUE,
      { hash: '#/ask', name: 'Ask', everybody: true, show: () => html`<ask-page></ask-page>` },
      { hash: '#/cache', name: 'Cache', show: () => html`<cache-page></cache-page>` },
      { hash: '#/documents', name: 'Documents', show: () => html`<documents-page></documents-page>` },
    ],
  },
  {
    name: 'Prompts',
    pages: [
      { hash: '#/prompts', name: 'Conversations', everybody: true, show: () => promptsPage(null) },
      { hash: '#/armed', name: 'Armed', show: () => html`<armed-page></armed-page>` },
      { hash: LEDGER, name: 'Ledger', show: () => ledgerPage('') },
    ],
  },
  { name: 'Settings', pages: [{ hash: '#/settings', name: 'Settings', show: () => html`<settings-page></settings-page>` }] },
];

const PAGES = AREAS.flatMap(({ pages }) => pages);
const isShown = ({ everybody }) => everybody || may('read');
const areaOf = ({ hash }) => AREAS.find(({ pages }) => pages.some((page) => page.hash === hash));

const HEARD_FOR = 6000;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const link = (name, hash, current) => html`<li><a href=${hash} aria-current=${current || nothing}>${name}</a></li>`;

/** The frame around all pages: where one is, whether the server is there, who one is. */
class StokerConsole extends Part {
  static properties = {
    hash: { state: true },
    stranger: { state: true },
    signedIn: { state: true },
    said: { state: true },
    lost: { state: true },
    arrived: { state: true },
  };

  #timer = 0;

  constructor() {
    super();
    this.hash = location.hash;
    this.stranger = false;
    this.signedIn = false;
    this.said = '';
    this.lost = false;
    this.arrived = false;
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', () => this.#turn());
    addEventListener(SAID, ({ detail }) => this.#say(detail));
    addEventListener(STRANGER, () => this.#lockOut());
    this.hear('link', ({ detail }) => (this.lost = !detail.online));
    this.hear('refused', () => this.#askWhoIAm());
    this.#arrive();
  }

  get #page() {
    const page = this.#wanted;
    return isShown(page) ? page : PAGES.find(isShown);
  }

  get #wanted() {
    const batch = /^#\/batch\/(\d+)$/.exec(this.hash);
    if (batch) {
      const id = Number(batch[1]);
      return { ...QUEUE, name: `Batch ${id}`, show: () => keyed(id, html`<batch-page .number=${id}></batch-page>`) };
    }
    const conversation = /^#\/prompts\/(.+)$/.exec(this.hash);
    if (conversation) {
      const id = decoded(conversation[1]);
      return { hash: '#/prompts', name: 'Conversations', everybody: true, show: () => promptsPage(id) };
    }
    if (this.hash.startsWith(`${LEDGER}?`)) {
      return { hash: LEDGER, name: 'Ledger', show: () => ledgerPage(this.hash.slice(LEDGER.length)) };
    }
    return PAGES.find(({ hash }) => hash === this.hash) ?? PAGES[0];
  }

  render() {
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
      <header class="container">${this.#head()}</header>
      <main class="container" id="main" tabindex="-1">
        ${this.lost && !this.stranger
          ? html`<p class="problem" role="alert">
              <span>The connection to the server is lost. What is shown may be out of date; trying again …</span>
            </p>`
          : nothing}
        ${this.#content()}
      </main>
      <p class="said" role="status" aria-live="polite" ?data-empty=${this.said === ''}>${this.said}</p>
    `;
  }

  #head() {
    const page = this.#page;
    const area = areaOf(page);
    const shown = area.pages.filter(isShown);
    return html`
      <nav class="areas" aria-label="Areas">
        <a class="brand" href="#/"><img src="app/flame.svg" alt="" width="28" height="28" /> Stoker</a>
        <ul>
          ${AREAS.filter(({ pages }) => pages.some(isShown)).map(({ name, pages }) =>
            link(name, pages.find(isShown).hash, name === area.name && (shown.length > 1 ? 'true' : 'page')),
          )}
        </ul>
        ${this.signedIn ? this.#person() : nothing}
      </nav>
      ${shown.length > 1
        ? html`<nav class="within" aria-label=${area.name}>
            <ul>
              ${shown.map(({ name, hash }) => link(name, hash, hash === page.hash && 'page'))}
            </ul>
          </nav>`
        : nothing}
    `;
  }

  #person() {
    return html`
      <span class="person">
        ${who.name === '' && who.role === 'operator' ? nothing : html`<small>${who.name} <span class="badge">${who.role}</span></small>`}
        <button type="button" class="small outline secondary" @click=${this.#signOut}>Sign out</button>
      </span>
    `;
  }

  #content() {
    if (!this.arrived) {
      return nothing;
    }
    return this.stranger ? this.#signInForm() : this.#page.show();
  }

  updated() {
    super.updated();
    live.follow(areaOf(this.#page).stream ?? 'overview');
    document.title = `${this.stranger ? 'Sign in' : this.#page.name} – Stoker`;
  }

  #signInForm() {
    return html`
      <h1>Sign in</h1>
      <p>
        This server wants a token: the one that it was started with, <code>STOKER_TOKEN</code>, or one that
        <code>./stoker token create</code> has made.
      </p>
      <form class="narrow" @submit=${this.#signIn}>
        <label>Token<input type="password" name="token" required autocomplete="current-password" /></label>
        ${this.trouble()}
        <button type="submit" ?disabled=${this.busy} aria-busy=${this.busy}>Sign in</button>
      </form>
    `;
  }

  /** Looks whether we are known here; nothing is shown before. */
  async #arrive() {
    const known = await this.attempt(async () => {
      const session = await get('/api/session');
      meet(session);
      this.signedIn = session.token_needed && session.signed_in;
      this.stranger = session.token_needed && !session.signed_in;
    });
    this.arrived = true;
    if (!known || !this.stranger) {
      this.#listen();
    }
  }

  /** Perhaps the time of a browser's session is over, or the server has been started anew. */
  async #askWhoIAm() {
    try {
      const { token_needed, signed_in } = await get('/api/session');
      if (token_needed && !signed_in) {
        this.#lockOut();
      }
    } catch {
      // The server cannot be reached, which is said already.
    }
  }

  async #signIn(event) {
    event.preventDefault();
    const token = new FormData(event.target).get('token').trim();
    if (
      await this.attempt(async () => {
        await post('/api/session', { token });
        meet(await get('/api/session'));
      })
    ) {
      this.stranger = false;
      this.signedIn = true;
      this.#listen();
    }
  }

  /** Who may not read is told nothing. */
  #listen() {
    if (may('read')) {
      live.start();
    }
  }

  async #signOut() {
    if (await this.attempt(() => remove('/api/session'))) {
      this.signedIn = false;
      this.#lockOut();
    }
  }

  #lockOut() {
    this.stranger = true;
    live.stop();
  }

  async #turn() {
    const before = this.#page.name;
    this.hash = location.hash;
    await this.updateComplete;
    if (this.#page.name === before) {
      return; // What is within a page is the page's own business.
    }
    const main = this.querySelector('main');
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector('main').focus();
  }

  #say(text) {
    clearTimeout(this.#timer);
    this.said = text;
    this.#timer = setTimeout(() => (this.said = ''), HEARD_FOR);
  }
}

customElements.define('stoker-console', StokerConsole);
