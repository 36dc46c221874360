package io.stoker.answers;

import java.time.Instant;
import java.util.List;

/// A worker's right to answer a question, until its lease ends.
///
/// @param token the fencing token: greater than that of every earlier claim of this question. Only
///   the holder of the newest can settle it
/// @param aliases other wordings under which the answer is to be found as well
/// @param attempt which try this is, from 1
/// @param lost how often its lease ended with another worker, and so the worker with it
/// @param leaseEnds from when on another worker may claim the question
public record Claim(
    long questionId,
    long batchId,
    long token,
    String question,
    List<String> aliases,
    BatchOptions options,
    int attempt,
    int lost,
    Instant leaseEnds) {

  /// Keeps a copy.
  public Claim {
    aliases = List.copyOf(aliases);
  }
}
