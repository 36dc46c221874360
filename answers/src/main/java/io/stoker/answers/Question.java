package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A question of a batch, in its current state.
///
/// @param position its index in the batch, from 0
/// @param text the question
/// @param wordings other wordings that find the same answer
/// @param outcome how it ended; null while it is open
/// @param detail the reason or the error message; empty if there is none
/// @param attempts how many attempts counted
/// @param notBefore when it can be claimed again; null for any time
/// @param startedAt when it was last claimed; null if never
/// @param endedAt when it ended; null while it is open
public record Question(
    long id,
    long batchId,
    int position,
    String text,
    List<String> wordings,
    QuestionState state,
    @Nullable AnswerOutcome outcome,
    String detail,
    int attempts,
    @Nullable Instant notBefore,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {

  /// Copies the wordings.
  public Question {
    wordings = List.copyOf(wordings);
  }
}
