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
    CHANGED,
    /// A query has ended.
    QUERY,
    /// The batch was paused.
    PAUSED,
    /// The batch is over.
    COMPLETE,
    /// The batch was deleted.
    DELETED
  }
}
