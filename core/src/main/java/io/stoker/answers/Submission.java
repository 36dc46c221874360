package io.stoker.answers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A batch to be.
///
/// @param questions what to ask, cleaned and without duplicates; at least one
/// @param options for all of them
/// @param idempotencyKey what tells a submission that was sent twice; null if the sender gave none
public record Submission(
    List<String> questions, BatchOptions options, @Nullable String idempotencyKey) {

  /// Keeps a copy.
  public Submission {
    questions = List.copyOf(questions);
    if (questions.isEmpty()) {
      throw new IllegalArgumentException("a batch must have at least one question but has none");
    }
  }
}
