package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.prompts.PromptWarmer.Listener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/// The listeners of a warmer. A failure of one does not affect the others. Thread-safe.
final class ConversationListeners {

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  void add(Listener listener) {
    listeners.add(listener);
  }

  void changed(Conversation conversation) {
    for (var listener : listeners) {
      var _ = BackgroundTask.attempt("A listener", () -> listener.changed(conversation));
    }
  }

  void lost(String id) {
    for (var listener : listeners) {
      var _ = BackgroundTask.attempt("A listener", () -> listener.lost(id));
    }
  }

  /// Whether one of them watches a conversation of another process.
  boolean isWatched(String id) {
    return listeners.stream().anyMatch(listener -> isWatching(listener, id));
  }

  private static boolean isWatching(Listener listener, String id) {
    var watching = new AtomicBoolean();
    var _ = BackgroundTask.attempt("A listener", () -> watching.set(listener.watches(id)));
    return watching.get();
  }
}
