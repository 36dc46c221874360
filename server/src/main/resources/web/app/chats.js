import { get, newKey, post, remove } from './api.js';
import { ChatConversation, WARMING } from './conversation.js';
import { announce } from './element.js';
import { Socket } from './socket.js';
import { TABS, tabs, titleOf } from './tabs.js';

/**
 * The conversations open in tabs, kept up to date over a WebSocket while their page is shown. Fires
 * `change`, at most once per animation frame.
 */
class Chats extends EventTarget {
  /** The full names of all models; null while they have not been loaded. */
  models = null;

  /** Why the models could not be loaded; null if they could. */
  problem = null;

  #socket = new Socket('/ws');
  #conversations = new Map();
  #current = null;
  #invoked = null;
  #animationFrame = 0;

  constructor() {
    super();
    this.#socket.addEventListener('frame', ({ detail }) => this.#frame(detail));
    this.#socket.addEventListener('connection', ({ detail }) => this.#onConnection(detail.online));
    this.#socket.addEventListener('refused', () => this.#readModels());
    tabs.addEventListener(TABS, () => this.#syncTabs());
  }

  get online() {
    return this.#socket.online;
  }

  /** The id of the selected conversation; null if none was selected yet. */
  get current() {
    return this.#current;
  }

  /** When the socket reconnects, in milliseconds since 1970; null if no attempt is scheduled. */
  get retryAt() {
    return this.#socket.retryAt;
  }

  start() {
    tabs.all.forEach(({ id }) => this.#open(id));
    this.#socket.start();
    this.#readModels();
  }

  /** Disconnects. Turns and warms continue on the server. */
  stop() {
    this.#socket.stop();
    this.#conversations.forEach((conversation) => conversation.disconnected());
  }

  retry() {
    this.#socket.start();
  }

  /** The conversation with this id, opened in a tab if it was not. */
  conversation(id) {
    tabs.add(id);
    return this.#open(id);
  }

  #open(id) {
    let conversation = this.#conversations.get(id);
    if (!conversation) {
      conversation = new ChatConversation(id, () => this.#changed(id));
      this.#conversations.set(id, conversation);
      conversation.subscribeFrames.forEach((frame) => this.#socket.send(frame));
    }
    return conversation;
  }

  /** Opens a new conversation and returns its id. */
  create() {
    const id = newKey();
    this.conversation(id);
    return id;
  }

  /** Selects a conversation, whose messages are then loaded. */
  show(id) {
    this.#current = id;
    this.#changed(id);
  }

  /** The model for the next turn of a conversation; empty for the server's default. */
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

  /** Invokes an action of the warming surface. The server replies with a surface update. */
  invoke(id, actionId, payload) {
    this.#invoked = id;
    this.conversation(id).warmingProblem = null;
    this.#socket.send({ type: 'invoke', surfaceId: WARMING, actionId, payload, conversationId: id });
    this.#changed(id);
  }

  /** Closes a conversation on the server, then its tab. */
  async close(id) {
    const title = titleOf(id);
    const { abortedTurn } = await post(`/conversations/${encodeURIComponent(id)}/close`);
    tabs.remove(id);
    this.#forget(id);
    announce(
      abortedTurn
        ? `“${title}” closed: answer aborted, warming off`
        : `“${title}” closed: warming off`,
    );
  }

  /** Deletes a conversation with all its messages on the server, then closes its tab. */
  async delete(id) {
    const title = titleOf(id);
    const conversation = this.conversation(id);
    conversation.deleting = true; // Its last events announce the deletion; nothing is loaded for them.
    try {
      await remove(`/conversations/${encodeURIComponent(id)}`);
    } catch (problem) {
      conversation.deleting = false;
      throw problem;
    }
    tabs.remove(id);
    this.#forget(id);
    announce(`“${title}” deleted`);
  }

  #forget(id) {
    this.#conversations.get(id)?.unsubscribeFrames.forEach((frame) => this.#socket.send(frame));
    this.#conversations.delete(id);
    this.#changed(id);
  }

  /** Opens and closes the conversations that another window has. */
  #syncTabs() {
    [...this.#conversations.keys()].filter((id) => !tabs.find(id)).forEach((id) => this.#forget(id));
    tabs.all.forEach(({ id }) => this.#open(id));
    this.#changed();
  }

  #onConnection(online) {
    if (online) {
      this.#conversations.forEach(({ subscribeFrames }) => subscribeFrames.forEach((frame) => this.#socket.send(frame)));
      if (this.models === null) {
        this.#readModels();
      }
    } else {
      this.#conversations.forEach((conversation) => conversation.disconnected());
    }
    this.#changed();
  }

  /** Also detects an expired sign-in (401), which a refused socket does not report. */
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
        this.#conversations.get(frame.conversationId)?.surfaceUpdated(frame.spec, true);
        break;
      case 'update':
        this.#conversations.get(frame.update.conversationId)?.surfaceUpdated(frame.update.spec, false);
        break;
      case 'chat.delta':
        this.#conversations.get(frame.event.conversationId)?.onEvent(frame.event);
        break;
      case 'chat.error':
        this.#conversations.get(frame.conversationId ?? this.#current)?.messageRefused(frame);
        break;
      case 'error':
        this.#failed(frame);
        break;
    }
  }

  /** An `error` frame names no conversation: it is about the one of the last invocation. */
  #failed(frame) {
    this.#conversations.get(this.#invoked ?? this.#current)?.invocationFailed(frame);
  }

  #changed(id) {
    const conversation = this.#conversations.get(id);
    if (conversation?.title) {
      tabs.change(id, { title: conversation.title });
    }
    if (conversation?.stale && id === this.#current) {
      conversation.read();
    }
    this.#animationFrame ||= requestAnimationFrame(() => {
      this.#animationFrame = 0;
      this.dispatchEvent(new Event('change'));
    });
  }
}

export const chats = new Chats();
