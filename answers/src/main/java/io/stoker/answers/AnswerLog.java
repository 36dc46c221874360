package io.stoker.answers;

import java.util.List;

/// What happened to batches and questions, in order, kept for a while. Written by [AnswerQueue] and
/// [AnswerClaims] in the transaction of the change itself; viewers only read it. Thread-safe.
public interface AnswerLog {

  /// Events after one, the oldest first.
  List<Event> after(long id, int limit);

  /// The newest event's number; 0 if there never was one.
  long newest();

  /// The number from which on all events are still there.
  long oldest();

  /// Forgets events, but for the newest `keep`.
  void prune(long keep);

  /// An event of the log: a change of a batch or the end of a question.
  ///
  /// @param id its number, which grows from event to event in the order in which they became
  ///   visible
  /// @param batchId whose it is
  /// @param questionId the question that has ended; 0 for another kind
  record Event(long id, long batchId, Kind kind, long questionId) {

    /// What happened.
    public enum Kind {
      /// The batch was made, grew, shrank or moved.
      CHANGED(0),
      /// A question has ended.
      QUESTION(1),
      /// The batch was paused.
      PAUSED(2),
      /// The batch is over.
      COMPLETE(3),
      /// The batch was deleted.
      DELETED(4);

      private final int code;

      Kind(int code) {
        this.code = code;
      }

      /// What stands for it in a database; never changes.
      int code() {
        return code;
      }
    }
  }
}
