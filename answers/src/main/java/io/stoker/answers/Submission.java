package io.stoker.answers;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A batch to be.
///
/// @param questions what to ask, cleaned and without duplicates; at least one
/// @param wordings other wordings of a question, by the question word for word; most have none
/// @param options for all of them
/// @param idempotencyKey what tells a submission that was sent twice; null if the sender gave none
public record Submission(
    List<String> questions,
    Map<String, List<String>> wordings,
    BatchOptions options,
    @Nullable String idempotencyKey) {

  /// Keeps copies.
  public Submission {
    questions = List.copyOf(questions);
    wordings = Map.copyOf(wordings);
    if (questions.isEmpty()) {
      throw new IllegalArgumentException("a batch must have at least one question but has none");
    }
  }

  /// A batch of questions without other wordings.
  public Submission(List<String> questions, BatchOptions options, @Nullable String idempotencyKey) {
    this(questions, Map.of(), options, idempotencyKey);
  }
}
