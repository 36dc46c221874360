package io.stoker.prompts;

import io.stoker.BackgroundTask;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What watchers of a conversation are told: the events of the turn that is going on, in order, and
/// to those who come late from its first one. Thread-safe.
final class ChatChannel {

  private final Set<PromptChat.Watcher> watchers = new LinkedHashSet<>();
  private final List<ChatEvent> events = new ArrayList<>();
  private @Nullable Thread turn;
  private boolean left;

  /// Begins a turn.
  ///
  /// @param thread is interrupted to abort it
  /// @return false if this channel is not in use any more; another one has to be
  synchronized boolean begin(Thread thread, ChatEvent first) {
    if (left) {
      return false;
    }
    turn = thread;
    publish(first);
    return true;
  }

  /// Publishes an event. A watcher that fails gets no more.
  synchronized void publish(ChatEvent event) {
    if (turn != null) {
      events.add(event);
    }
    watchers.removeIf(
        watcher -> !BackgroundTask.attempt("A watcher of a chat", () -> watcher.on(event)));
  }

  /// Ends the turn.
  synchronized void end(ChatEvent last) {
    publish(last);
    events.clear();
    turn = null;
  }

  /// Aborts the turn. False if none is going on.
  synchronized boolean abort() {
    if (turn == null) {
      return false;
    }
    turn.interrupt();
    return true;
  }

  /// Whether this turn is going on.
  synchronized boolean isRunning(String turnId) {
    return turn != null && !events.isEmpty() && events.getFirst().turnId().equals(turnId);
  }

  /// Adds a watcher, and tells it what has happened in this turn.
  ///
  /// @return false if this channel is not in use any more; another one has to be
  synchronized boolean join(PromptChat.Watcher watcher) {
    if (left) {
      return false;
    }
    events.forEach(watcher::on);
    watchers.add(watcher);
    return true;
  }

  /// Removes a watcher.
  synchronized void part(PromptChat.Watcher watcher) {
    watchers.remove(watcher);
  }

  /// Whether nobody needs it any more; it is then of no use from now on.
  synchronized boolean leave() {
    left = watchers.isEmpty() && turn == null;
    return left;
  }
}
