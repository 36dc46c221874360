package io.stoker.answers;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request to queue a batch.
///
/// @param questions cleaned, without duplicates; at least one
/// @param wordings other wordings, by the exact text of their question; most questions have none
/// @param options for all of them
/// @param idempotencyKey identifies repeated submissions; null for none
public record Submission(
    List<String> questions,
    Map<String, List<String>> wordings,
    BatchOptions options,
    @Nullable String idempotencyKey) {

  /// Copies the collections.
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
