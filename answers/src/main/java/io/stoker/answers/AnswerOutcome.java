package io.stoker.answers;

import java.util.Locale;

/// How a question ended, in more detail than its state.
public enum AnswerOutcome {
  /// A new answer was cached.
  STORED(0, QuestionState.COMPLETED),
  /// A new answer replaced a cached one.
  REFRESHED(1, QuestionState.COMPLETED),
  /// The batch keeps fresh answers, and there was one.
  ALREADY_FRESH(2, QuestionState.SKIPPED),
  /// The pipeline marked its answer as not cacheable.
  NOT_CACHEABLE(3, QuestionState.SKIPPED),
  /// The answer's confidence was below the configured minimum.
  LOW_CONFIDENCE(4, QuestionState.SKIPPED),
  /// The pipeline returned no answer.
  FAILED(5, QuestionState.FAILED);

  private final int code;
  private final QuestionState state;

  AnswerOutcome(int code, QuestionState state) {
    this.code = code;
    this.state = state;
  }

  /// Its value in a database; never changes.
  int code() {
    return code;
  }

  /// The state of a question with this outcome.
  public QuestionState state() {
    return state;
  }

  /// Its name on the wire: `already_fresh`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
