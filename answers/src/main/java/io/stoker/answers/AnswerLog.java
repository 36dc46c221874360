package io.stoker.answers;

import java.util.List;

/// What happened to batches and questions, in order, kept for a while. Written by [AnswerQueue] and
/// [AnswerClaims] in the transaction of the change itself; viewers only read it. Thread-safe.
public interface AnswerLog {

  /// Events after one, the oldest first.
  List<AnswerEvent> after(long id, int limit);

  /// The newest event's number; 0 if there never was one.
  long newest();

  /// The number from which on all events are still there.
  long oldest();

  /// Forgets events, but for the newest `keep`.
  void prune(long keep);
}
