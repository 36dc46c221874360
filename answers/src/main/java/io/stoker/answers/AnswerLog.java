package io.stoker.answers;

import java.util.List;

/// The event log of the queue: ordered, and bounded in size. [AnswerQueue] and [AnswerClaims] write
/// an event in the transaction of its change; viewers only read. Thread-safe.
public interface AnswerLog {

  /// Events after this id, oldest first.
  List<Event> after(long id, int limit);

  /// The id of the newest event; 0 if there never was one.
  long newest();

  /// The id of the oldest event that was not pruned.
  long oldest();

  /// Deletes all but the newest events.
  void prune(long keep);

  /// A change of a batch, or the end of a question.
  ///
  /// @param id increases in the order in which events become visible
  /// @param questionId the question that has ended; 0 for other kinds
  record Event(long id, long batchId, Kind kind, long questionId) {

    /// Kind of event.
    public enum Kind {
      /// The batch was created, changed its size, or an action was applied.
      CHANGED(0),
      /// A question has ended.
      QUESTION(1),
      /// The batch was paused.
      PAUSED(2),
      /// The batch has ended.
      COMPLETE(3),
      /// The batch was deleted.
      DELETED(4);

      private final int code;

      Kind(int code) {
        this.code = code;
      }

      /// Its value in a database; never changes.
      int code() {
        return code;
      }
    }
  }
}
