import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { can, setUser, user } from './access.js';
import './actions.js';
import { UNAUTHENTICATED, get, post, remove } from './api.js';
import './armed.js';
import './ask.js';
import './batch.js';
import './cache.js';
import './documents.js';
import { ANNOUNCEMENT, ConsoleElement } from './element.js';
import { serverEvents } from './events.js';
import './ledger.js';
import './overview.js';
import './prompts.js';
import './queue.js';
import './sessions.js';
import './settings.js';

const LEDGER = '#/ledger';
const promptsPage = (id) => html`<prompts-page .requested=${id}></prompts-page>`;
const ledgerPage = (chosen) => html`<ledger-page .chosen=${chosen}></ledger-page>`;

const QUEUE = { hash: '#/answers', name: 'Queue', show: () => html`<queue-page></queue-page>` };

/** The areas, their pages and their event streams. Users without read permission see pages with `withoutRead`. */
const AREAS = [
  { name: 'Overview', pages: [{ hash: '#/', name: 'Overview', show: () => html`<overview-page></overview-page>` }] },
  { name: 'Sessions', pages: [{ hash: '#/sessions', name: 'Sessions', show: () => html`<sessions-page></sessions-page>` }] },
  {
    name: 'Answers',
    stream: 'batches',
    pages: [
      QUEUE,
      { hash: '#/ask', name: 'Ask', withoutRead: true, show: () => html`<ask-page></ask-page>` },
      { hash: '#/cache', name: 'Cache', show: () => html`<cache-page></cache-page>` },
      { hash: '#/documents', name: 'Documents', show: () => html`<documents-page></documents-page>` },
    ],
  },
  {
    name: 'Prompts',
    pages: [
      { hash: '#/prompts', name: 'Conversations', withoutRead: true, show: () => promptsPage(null) },
      { hash: '#/armed', name: 'Warming', show: () => html`<armed-page></armed-page>` },
      { hash: LEDGER, name: 'Ledger', show: () => ledgerPage('') },
    ],
  },
  { name: 'Settings', pages: [{ hash: '#/settings', name: 'Settings', show: () => html`<settings-page></settings-page>` }] },
];

const PAGES = AREAS.flatMap(({ pages }) => pages);
const isShown = ({ withoutRead }) => withoutRead || can('read');
const areaOf = ({ hash }) => AREAS.find(({ pages }) => pages.some((page) => page.hash === hash));

const ANNOUNCEMENT_MILLIS = 6000;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const link = (name, hash, current) => html`<li><a href=${hash} aria-current=${current || nothing}>${name}</a></li>`;

/** The frame around all pages: navigation, connection status, sign-in. */
class StokerConsole extends ConsoleElement {
  static properties = {
    hash: { state: true },
    signInNeeded: { state: true },
    signedIn: { state: true },
    announcement: { state: true },
    disconnected: { state: true },
    sessionRead: { state: true },
  };

  #timer = 0;

  constructor() {
    super();
    this.hash = location.hash;
    this.signInNeeded = false;
    this.signedIn = false;
    this.announcement = '';
    this.disconnected = false;
    this.sessionRead = false;
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', () => this.#navigate());
    addEventListener(ANNOUNCEMENT, ({ detail }) => this.#announce(detail));
    addEventListener(UNAUTHENTICATED, () => this.#requireSignIn());
    this.listen('connection', ({ detail }) => (this.disconnected = !detail.online));
    this.listen('refused', () => this.#recheckSession());
    this.#readSession();
  }

  get #page() {
    const page = this.#requested;
    return isShown(page) ? page : PAGES.find(isShown);
  }

  get #requested() {
    const batch = /^#\/batch\/(\d+)$/.exec(this.hash);
    if (batch) {
      const id = Number(batch[1]);
      return { ...QUEUE, name: `Batch ${id}`, show: () => keyed(id, html`<batch-page .number=${id}></batch-page>`) };
    }
    const conversation = /^#\/prompts\/(.+)$/.exec(this.hash);
    if (conversation) {
      const id = decoded(conversation[1]);
      return { hash: '#/prompts', name: 'Conversations', withoutRead: true, show: () => promptsPage(id) };
    }
    if (this.hash.startsWith(`${LEDGER}?`)) {
      return { hash: LEDGER, name: 'Ledger', show: () => ledgerPage(this.hash.slice(LEDGER.length)) };
    }
    return PAGES.find(({ hash }) => hash === this.hash) ?? PAGES[0];
  }

  render() {
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
      <header class="container">${this.#navigation()}</header>
      <main class="container" id="main" tabindex="-1">
        ${this.disconnected && !this.signInNeeded
          ? html`<p class="problem" role="alert">
              <span>Connection lost. The data shown may be out of date. Reconnecting…</span>
            </p>`
          : nothing}
        ${this.#content()}
      </main>
      <p class="announcement" role="status" aria-live="polite" ?data-empty=${this.announcement === ''}>${this.announcement}</p>
    `;
  }

  #navigation() {
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
        ${this.signedIn ? this.#account() : nothing}
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

  #account() {
    return html`
      <span class="account">
        ${user.name === '' && user.role === 'operator' ? nothing : html`<small>${user.name} <span class="badge">${user.role}</span></small>`}
        <button type="button" class="small outline secondary" @click=${this.#signOut}>Sign out</button>
      </span>
    `;
  }

  #content() {
    if (!this.sessionRead) {
      return nothing;
    }
    return this.signInNeeded ? this.#signInForm() : this.#page.show();
  }

  updated() {
    super.updated();
    serverEvents.follow(areaOf(this.#page).stream ?? 'overview');
    document.title = `${this.signInNeeded ? 'Sign in' : this.#page.name} – Stoker`;
  }

  #signInForm() {
    return html`
      <h1>Sign in</h1>
      <p>
        This server requires a token: the value of its variable <code>STOKER_TOKEN</code>, or a token created with
        <code>./stoker token create</code>.
      </p>
      <form class="narrow" @submit=${this.#signIn}>
        <label>Token<input type="password" name="token" required autocomplete="current-password" /></label>
        ${this.problemAlert()}
        <button type="submit" ?disabled=${this.busy} aria-busy=${this.busy}>Sign in</button>
      </form>
    `;
  }

  /** Reads the sign-in status; nothing is shown before. */
  async #readSession() {
    const wasRead = await this.attempt(async () => {
      const session = await get('/api/session');
      setUser(session);
      this.signedIn = session.token_needed && session.signed_in;
      this.signInNeeded = session.token_needed && !session.signed_in;
    });
    this.sessionRead = true;
    if (!wasRead || !this.signInNeeded) {
      this.#listen();
    }
  }

  /** A refused stream may mean that the sign-in has expired or the server was restarted. */
  async #recheckSession() {
    try {
      const { token_needed, signed_in } = await get('/api/session');
      if (token_needed && !signed_in) {
        this.#requireSignIn();
      }
    } catch {
      // The server cannot be reached; the connection status says so already.
    }
  }

  async #signIn(event) {
    event.preventDefault();
    const token = new FormData(event.target).get('token').trim();
    if (
      await this.attempt(async () => {
        await post('/api/session', { token });
        setUser(await get('/api/session'));
      })
    ) {
      this.signInNeeded = false;
      this.signedIn = true;
      this.#listen();
    }
  }

  #listen() {
    if (can('read')) {
      serverEvents.start();
    }
  }

  async #signOut() {
    if (await this.attempt(() => remove('/api/session'))) {
      this.signedIn = false;
      this.#requireSignIn();
    }
  }

  #requireSignIn() {
    this.signInNeeded = true;
    serverEvents.stop();
  }

  async #navigate() {
    const before = this.#page.name;
    this.hash = location.hash;
    await this.updateComplete;
    if (this.#page.name === before) {
      return; // A change within a page is handled by the page.
    }
    const main = this.querySelector('main');
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector('main').focus();
  }

  #announce(text) {
    clearTimeout(this.#timer);
    this.announcement = text;
    this.#timer = setTimeout(() => (this.announcement = ''), ANNOUNCEMENT_MILLIS);
  }
}

customElements.define('stoker-console', StokerConsole);
