package io.stoker.answers;

/// A line of the log: something that viewers want to know of, with what is true of it now.
///
/// @param id its number, which grows from line to line in the order in which they became visible
/// @param batchId whose it is
/// @param queryId the query that has ended; 0 for another kind
public record AnswerEvent(long id, long batchId, Kind kind, long queryId) {

  /// What happened.
  public enum Kind {
    /// The batch was made, grew, shrank or moved.
    CHANGED(0),
    /// A query has ended.
    QUERY(1),
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
