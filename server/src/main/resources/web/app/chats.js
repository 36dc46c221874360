import { get, newKey, post, remove } from './api.js';
import { ChatConversation, WARMING } from './conversation.js';
import { say } from './part.js';
import { Socket } from './socket.js';
import { TABS, tabs, titleOf } from './tabs.js';

/**
 * The conversations that are open in tabs, as the server tells of them while somebody looks. Tells
 * `change`, at most once for each picture that the browser draws.
 */
class Chats extends EventTarget {
  /** The full names of all models; null if they are not known yet. */
  models = null;

  /** Why they are not. */
  problem = null;

  #socket = new Socket('/ws');
  #conversations = new Map();
  #shown = null;
  #asked = null;
  #drawing = 0;

  constructor() {
    super();
    this.#socket.addEventListener('frame', ({ detail }) => this.#frame(detail));
    this.#socket.addEventListener('link', ({ detail }) => this.#link(detail.online));
    this.#socket.addEventListener('refused', () => this.#readModels());
    tabs.addEventListener(TABS, () => this.#follow());
  }

  get online() {
    return this.#socket.online;
  }

  /** The id of the conversation that was in front last; null if none was. */
  get shown() {
    return this.#shown;
  }

  /** When the connection is tried again, in milliseconds since 1970; null while it is not waited for. */
  get again() {
    return this.#socket.again;
  }

  start() {
    tabs.all.forEach(({ id }) => this.#open(id));
    this.#socket.start();
    this.#readModels();
  }

  /** Nobody looks. What goes on goes on. */
  stop() {
    this.#socket.stop();
    this.#conversations.forEach((conversation) => conversation.lost());
  }

  retry() {
    this.#socket.start();
  }

  /** A conversation that is open, or is to be. */
  conversation(id) {
    tabs.add(id);
    return this.#open(id);
  }

  #open(id) {
    let conversation = this.#conversations.get(id);
    if (!conversation) {
      conversation = new ChatConversation(id, () => this.#changed(id));
      this.#conversations.set(id, conversation);
      conversation.greetings.forEach((frame) => this.#socket.send(frame));
    }
    return conversation;
  }

  /** The id of a conversation that nobody has begun yet. */
  create() {
    const id = newKey();
    this.conversation(id);
    return id;
  }

  /** Says which conversation is in front, and so worth reading. */
  show(id) {
    this.#shown = id;
    this.#changed(id);
  }

  /** The model that a conversation goes on with; empty for the server's standard one. */
  modelOf(id) {
    return tabs.find(id)?.model || this.#conversations.get(id)?.model || '';
  }

  send(id, message) {
    const conversation = this.conversation(id);
    const model = this.modelOf(id);
    conversation.problem = null;
    if (this.#socket.send({ type: 'chat.send', conversationId: id, message, ...(model && { model }) })) {
      conversation.sending = message;
    }
    this.#changed(id);
  }

  /** Asks for something that a surface offers. Its update is the answer. */
  invoke(id, actionId, payload) {
    this.#asked = id;
    this.conversation(id).warmingProblem = null;
    this.#socket.send({ type: 'invoke', surfaceId: WARMING, actionId, payload, conversationId: id });
    this.#changed(id);
  }

  /** Ends a conversation at the server, then takes it out of the tabs. */
  async close(id) {
    const title = titleOf(id);
    const { abortedTurn } = await post(`/conversations/${encodeURIComponent(id)}/close`);
    tabs.remove(id);
    this.#forget(id);
    say(
      abortedTurn
        ? `“${title}” is closed: the answer was broken off, and warming is off`
        : `“${title}” is closed: warming is off`,
    );
  }

  /** Deletes a conversation at the server, with all that was said. */
  async delete(id) {
    const title = titleOf(id);
    const conversation = this.conversation(id);
    conversation.leaving = true; // What the server tells of it from now on is its end.
    try {
      await remove(`/conversations/${encodeURIComponent(id)}`);
    } catch (problem) {
      conversation.leaving = false;
      throw problem;
    }
    tabs.remove(id);
    this.#forget(id);
    say(`“${title}” is deleted`);
  }

  #forget(id) {
    this.#conversations.get(id)?.farewells.forEach((frame) => this.#socket.send(frame));
    this.#conversations.delete(id);
    this.#changed(id);
  }

  /** Opens and closes here what another window has. */
  #follow() {
    [...this.#conversations.keys()].filter((id) => !tabs.find(id)).forEach((id) => this.#forget(id));
    tabs.all.forEach(({ id }) => this.#open(id));
    this.#changed();
  }

  #link(online) {
    if (online) {
      this.#conversations.forEach(({ greetings }) => greetings.forEach((frame) => this.#socket.send(frame)));
      if (this.models === null) {
        this.#readModels();
      }
    } else {
      this.#conversations.forEach((conversation) => conversation.lost());
    }
    this.#changed();
  }

  /** Also finds out whether we are still known here, which a socket does not say. */
  async #readModels() {
    try {
      this.models = (await get('/models')).models;
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
    }
    this.#changed();
  }

  #frame(frame) {
    switch (frame.type) {
      case 'surface':
        this.#conversations.get(frame.conversationId)?.warmed(frame.spec, true);
        break;
      case 'update':
        this.#conversations.get(frame.update.conversationId)?.warmed(frame.update.spec, false);
        break;
      case 'chat.delta':
        this.#conversations.get(frame.event.conversationId)?.on(frame.event);
        break;
      case 'chat.error':
        this.#conversations.get(frame.conversationId ?? this.#shown)?.refused(frame);
        break;
      case 'error':
        this.#failed(frame);
        break;
    }
  }

  /** An error names no conversation: it is that which something was asked for. */
  #failed(frame) {
    this.#conversations.get(this.#asked ?? this.#shown)?.warmingRefused(frame);
  }

  #changed(id) {
    const conversation = this.#conversations.get(id);
    if (conversation?.title) {
      tabs.change(id, { title: conversation.title });
    }
    if (conversation?.stale && id === this.#shown) {
      conversation.read();
    }
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.dispatchEvent(new Event('change'));
    });
  }
}

export const chats = new Chats();
