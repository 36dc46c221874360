package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One question of a batch as it stands.
///
/// @param position its place in the batch, from 0
/// @param text what is asked
/// @param wordings other wordings under which its answer is to be found as well
/// @param outcome what became of it; null while it has not ended
/// @param detail why, in few words: a reason or an error's message; empty for nothing
/// @param attempts how often it was tried and the try counted
/// @param notBefore when it may be claimed again; null for any time
/// @param startedAt when it was last claimed; null if never
/// @param endedAt when it ended; null while it has not
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

  /// Keeps a copy.
  public Question {
    wordings = List.copyOf(wordings);
  }
}
