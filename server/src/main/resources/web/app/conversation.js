import { get } from './api.js';

export const WARMING = 'cache-warming';

const TITLE = 60;

/** What the events of a turn add to what is shown of it. */
const PIECES = {
  'text-delta': ({ delta }) => ({ type: 'text', text: delta }),
  'reasoning-delta': ({ delta }) => ({ type: 'thinking', text: delta }),
  'tool-call': (event) => event,
  'tool-result': (event) => event,
  error: ({ message, code }) => ({ type: 'error', message, code }),
};

const FLOWING = new Set(['text', 'thinking']);

const pathOf = (id) => `/conversations/${encodeURIComponent(id)}`;

/** One conversation as it is known here: what is kept of it, the turn that goes on, its warming. */
export class ChatConversation {
  /** Pieces of history, `{ seq, role, chunk }`. */
  kept = [];

  /** Turns that are not among them yet, by their ids. */
  turns = new Map();

  /** How its warming looks, as fields; null if that is not known yet. */
  warming = null;

  /** What the last turn came to: `{ reason, durationMs, usage }`; null if there was none. */
  last = null;

  /** The model it was last held with. */
  model = '';

  /** What is typed but not sent, and what is sent but has not come back. */
  draft = '';
  sending = null;

  /** Whether it is to be kept warm, as asked for but not answered yet; null if nothing is. */
  wished = null;

  /** Whether it is being deleted. */
  leaving = false;

  /** What went wrong that is no part of the conversation, `{ message, code }`; null if nothing did. */
  problem = null;
  warmingProblem = null;

  /** Why it could not be read; null if it could. */
  unread = null;

  /** Whether there is more to be read. */
  stale = false;

  /** Whether it was read at all. */
  known = false;

  #tell;
  #reading = false;

  /** @param tell is called when something has changed */
  constructor(id, tell) {
    this.id = id;
    this.#tell = tell;
  }

  get busy() {
    return this.sending !== null || [...this.turns.values()].some((turn) => !turn.over);
  }

  /** Everything said, the oldest first. */
  get pieces() {
    return [...this.kept, ...[...this.turns.values()].flatMap((turn) => turn.pieces)];
  }

  /** What it began with; null if nothing was said. */
  get title() {
    const said = this.pieces.find(({ role }) => role === 'user')?.chunk.text.trim().replace(/\s+/g, ' ');
    return said && said.length > TITLE ? said.slice(0, TITLE - 1) + '…' : (said ?? null);
  }

  /** What is to be sent when a connection comes. The answer to the last frame says that all are done. */
  get greetings() {
    return [
      { type: 'chat.subscribe', conversationId: this.id },
      { type: 'subscribe', surfaceId: WARMING, conversationId: this.id },
    ];
  }

  get farewells() {
    return [
      { type: 'chat.unsubscribe', conversationId: this.id },
      { type: 'unsubscribe', surfaceId: WARMING, conversationId: this.id },
    ];
  }

  /** The connection is gone: turns that are not told again have ended meanwhile. */
  lost() {
    this.turns.forEach((turn) => (turn.lost = true));
    this.sending = null;
    this.wished = null;
    this.#tell();
  }

  /** How the warming looks from now on. */
  warmed(spec, isReply) {
    this.warming = spec;
    this.warmingProblem = null;
    this.wished = null;
    this.stale ||= isReply;
    this.#tell();
  }

  /** Something asked of the surface was refused. */
  warmingRefused(problem) {
    this.warmingProblem = problem;
    this.wished = null;
    this.#tell();
  }

  /** The next event of a turn. */
  on(event) {
    if (event.type === 'user-message') {
      this.#begin(event);
    }
    const turn = this.turns.get(event.turnId);
    if (!turn) {
      return;
    }
    const piece = PIECES[event.type]?.(event);
    if (piece) {
      turn.add(piece);
    }
    if (event.type === 'turn-start') {
      turn.started = true;
    } else if (event.type === 'error' && !turn.started) {
      turn.over = true; // It failed before it began, and nothing more comes.
      this.draft ||= turn.isOurs ? turn.text : '';
    } else if (event.type === 'done') {
      turn.done = true;
      this.last = event;
    } else if (event.type === 'turn-sealed') {
      turn.over = true;
      this.stale = true;
    }
    this.#tell();
  }

  #begin({ turnId, text }) {
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

  /** A message was refused. */
  refused(problem) {
    this.sending = null;
    this.problem = problem;
    this.#tell();
  }

  /** Reads what was kept since the last time. */
  async read() {
    if (this.#reading || this.#isBeingKept()) {
      return;
    }
    this.#reading = true;
    this.stale = false;
    const over = [...this.turns].filter(([, turn]) => turn.over || turn.lost);
    try {
      const { chunks } = await get(pathOf(this.id), { sinceSeq: this.kept.at(-1)?.seq ?? 0 });
      if (this.#isBeingKept()) {
        this.stale = true;
        return;
      }
      this.kept = [...this.kept, ...chunks];
      over.filter(([id, turn]) => this.turns.get(id) === turn).forEach(([id]) => this.turns.delete(id));
      this.known = true;
      if (chunks.length > 0) {
        await this.#readFacts();
      }
      this.problem = null;
      this.unread = null;
    } catch (problem) {
      this.unread = problem;
    } finally {
      this.#reading = false;
      this.#tell();
    }
  }

  /** A turn that is kept but goes on would be seen twice. Soon it is over, and tells so. */
  #isBeingKept() {
    return [...this.turns.values()].some((turn) => turn.done && !turn.over && !turn.lost);
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

/** A turn that is not among what was read yet. */
class Turn {
  started = false;
  done = false;
  over = false;
  lost = false;

  constructor(text, isOurs) {
    this.text = text;
    this.isOurs = isOurs;
    this.pieces = [{ role: 'user', chunk: { type: 'text', text } }];
  }

  add(chunk) {
    const before = this.pieces.at(-1);
    if (before.role === 'assistant' && before.chunk.type === chunk.type && FLOWING.has(chunk.type)) {
      before.chunk.text += chunk.text;
    } else {
      this.pieces.push({ role: 'assistant', chunk });
    }
  }
}
