package io.stoker.answers;

import java.util.List;

/// What happened to batches and queries, in order, kept for a while. Written by [AnswerQueue] and
/// [AnswerClaims] in the transaction of the change itself; viewers only read it. Thread-safe.
public interface AnswerLog {

  /// Lines after one, the oldest first.
  List<AnswerEvent> after(long id, int limit);

  /// The newest line's number; 0 if there never was one.
  long newest();

  /// The number from which on all lines are still there.
  long oldest();

  /// Forgets lines, but for the newest `keep`.
  void prune(long keep);
}
