import { get } from './api.js';

export const WARMING = 'cache-warming';

const TITLE = 60;

/** The chunk that each event of a turn adds to it. */
const CHUNKS = {
  'text-delta': ({ delta }) => ({ type: 'text', text: delta }),
  'reasoning-delta': ({ delta }) => ({ type: 'thinking', text: delta }),
  'tool-call': (event) => event,
  'tool-result': (event) => event,
  error: ({ message, code }) => ({ type: 'error', message, code }),
};

const STREAMED = new Set(['text', 'thinking']);

const pathOf = (id) => `/conversations/${encodeURIComponent(id)}`;

/** A conversation as this page knows it: stored history, running turns, warming surface. */
export class ChatConversation {
  /** The stored history: `{ seq, role, chunk }`. */
  stored = [];

  /** Turns that are not in the loaded history yet, by id. */
  turns = new Map();

  /** The spec of the warming surface; null while it has not arrived. */
  warming = null;

  /** The result of the last turn: `{ reason, durationMs, usage }`; null if there was none. */
  last = null;

  /** The model of the last turn. */
  model = '';

  /** The text not sent yet, and the text sent but not confirmed. */
  draft = '';
  sending = null;

  /** The requested state of the warming switch until the server confirms it; null otherwise. */
  requestedEnabled = null;

  /** Whether it is being deleted. */
  deleting = false;

  /** Errors that are not part of the conversation, `{ message, code }`; null if none. */
  problem = null;
  warmingProblem = null;

  /** Why the history could not be loaded; null if it could. */
  loadProblem = null;

  /** Whether the server has newer history. */
  stale = false;

  /** Whether the history was loaded at least once. */
  loaded = false;

  #notify;
  #reading = false;

  /** @param notify called after every change */
  constructor(id, notify) {
    this.id = id;
    this.#notify = notify;
  }

  get busy() {
    return this.sending !== null || [...this.turns.values()].some((turn) => !turn.sealed);
  }

  /** All messages, oldest first. */
  get pieces() {
    return [...this.stored, ...[...this.turns.values()].flatMap((turn) => turn.pieces)];
  }

  /** The beginning of the first message; null if there is none. */
  get title() {
    const said = this.pieces.find(({ role }) => role === 'user')?.chunk.text.trim().replace(/\s+/g, ' ');
    return said && said.length > TITLE ? said.slice(0, TITLE - 1) + '…' : (said ?? null);
  }

  /** Sent on every new connection. The reply to the last frame means that all have been handled. */
  get subscribeFrames() {
    return [
      { type: 'chat.subscribe', conversationId: this.id },
      { type: 'subscribe', surfaceId: WARMING, conversationId: this.id },
    ];
  }

  get unsubscribeFrames() {
    return [
      { type: 'chat.unsubscribe', conversationId: this.id },
      { type: 'unsubscribe', surfaceId: WARMING, conversationId: this.id },
    ];
  }

  /** Marks running turns: those that the server does not replay after reconnecting have ended. */
  disconnected() {
    this.turns.forEach((turn) => (turn.disconnected = true));
    this.sending = null;
    this.requestedEnabled = null;
    this.#notify();
  }

  /** Takes the current warming surface. */
  surfaceUpdated(spec, isReply) {
    this.warming = spec;
    this.warmingProblem = null;
    this.requestedEnabled = null;
    this.stale ||= isReply;
    this.#notify();
  }

  /** An action of the warming surface was refused. */
  invocationFailed(problem) {
    this.warmingProblem = problem;
    this.requestedEnabled = null;
    this.#notify();
  }

  /** Applies the next event of a turn. */
  onEvent(event) {
    if (event.type === 'user-message') {
      this.#beginTurn(event);
    }
    const turn = this.turns.get(event.turnId);
    if (!turn) {
      return;
    }
    const piece = CHUNKS[event.type]?.(event);
    if (piece) {
      turn.add(piece);
    }
    if (event.type === 'turn-start') {
      turn.started = true;
    } else if (event.type === 'error' && !turn.started) {
      turn.sealed = true; // It failed before it started; no `turn-sealed` follows.
      this.draft ||= turn.isOurs ? turn.text : '';
    } else if (event.type === 'done') {
      turn.done = true;
      this.last = event;
    } else if (event.type === 'turn-sealed') {
      turn.sealed = true;
      this.stale = true;
    }
    this.#notify();
  }

  #beginTurn({ turnId, text }) {
    const isOurs = this.sending === text;
    if (isOurs) {
      this.draft = '';
      this.sending = null;
    }
    this.problem = null;
    this.last = null;
    this.turns.delete(turnId);
    this.turns.set(turnId, new Turn(text, isOurs));
  }

  /** The message being sent was refused. */
  messageRefused(problem) {
    this.sending = null;
    this.problem = problem;
    this.#notify();
  }

  /** Loads the history stored since the last time. */
  async read() {
    if (this.#reading || this.#isBeingStored()) {
      return;
    }
    this.#reading = true;
    this.stale = false;
    const ended = [...this.turns].filter(([, turn]) => turn.sealed || turn.disconnected);
    try {
      const { chunks } = await get(pathOf(this.id), { sinceSeq: this.stored.at(-1)?.seq ?? 0 });
      if (this.#isBeingStored()) {
        this.stale = true;
        return;
      }
      this.stored = [...this.stored, ...chunks];
      ended.filter(([id, turn]) => this.turns.get(id) === turn).forEach(([id]) => this.turns.delete(id));
      this.loaded = true;
      if (chunks.length > 0) {
        await this.#readFacts();
      }
      this.problem = null;
      this.loadProblem = null;
    } catch (problem) {
      this.loadProblem = problem;
    } finally {
      this.#reading = false;
      this.#notify();
    }
  }

  /** A turn between `done` and `turn-sealed` may be in the history already, and would be shown twice. */
  #isBeingStored() {
    return [...this.turns.values()].some((turn) => turn.done && !turn.sealed && !turn.disconnected);
  }

  async #readFacts() {
    const [{ turns }, { model }] = await Promise.all([
      get(`${pathOf(this.id)}/metrics`),
      get(`/api/prompts${pathOf(this.id)}`),
    ]);
    this.model = model;
    const last = turns.at(-1) ?? null;
    if (last?.turnId !== this.last?.turnId) {
      this.last = last;
    }
  }
}

/** A turn that is not in the loaded history yet. */
class Turn {
  started = false;
  done = false;
  sealed = false;
  disconnected = false;

  constructor(text, isOurs) {
    this.text = text;
    this.isOurs = isOurs;
    this.pieces = [{ role: 'user', chunk: { type: 'text', text } }];
  }

  add(chunk) {
    const before = this.pieces.at(-1);
    if (before.role === 'assistant' && before.chunk.type === chunk.type && STREAMED.has(chunk.type)) {
      before.chunk.text += chunk.text;
    } else {
      this.pieces.push({ role: 'assistant', chunk });
    }
  }
}
