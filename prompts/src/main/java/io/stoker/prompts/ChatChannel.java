package io.stoker.prompts;

import io.stoker.BackgroundTask;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Publishes the events of a conversation's current turn to its watchers; a late watcher first gets
/// those so far. Thread-safe.
final class ChatChannel {

  private final Set<PromptChat.Watcher> watchers = new LinkedHashSet<>();
  private final List<ChatEvent> events = new ArrayList<>();
  private @Nullable Thread turn;
  private boolean closed;

  /// Begins a turn.
  ///
  /// @param thread interrupted to abort the turn
  /// @return false if this channel is closed; the caller has to create another one
  synchronized boolean begin(Thread thread, ChatEvent first) {
    if (closed) {
      return false;
    }
    turn = thread;
    publish(first);
    return true;
  }

  /// Publishes an event. A watcher that throws is removed.
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

  /// Aborts the turn; false if there is none.
  synchronized boolean abort() {
    if (turn == null) {
      return false;
    }
    turn.interrupt();
    return true;
  }

  /// Whether this turn is in progress.
  synchronized boolean isRunning(String turnId) {
    return turn != null && !events.isEmpty() && events.getFirst().turnId().equals(turnId);
  }

  /// Adds a watcher, which first gets the events of the current turn.
  ///
  /// @return false if this channel is not in use any more; another one has to be
  synchronized boolean addWatcher(PromptChat.Watcher watcher) {
    if (closed) {
      return false;
    }
    events.forEach(watcher::on);
    watchers.add(watcher);
    return true;
  }

  /// Removes a watcher.
  synchronized void removeWatcher(PromptChat.Watcher watcher) {
    watchers.remove(watcher);
  }

  /// Closes this channel if it has neither watchers nor a turn.
  synchronized boolean closeIfUnused() {
    closed = watchers.isEmpty() && turn == null;
    return closed;
  }
}
