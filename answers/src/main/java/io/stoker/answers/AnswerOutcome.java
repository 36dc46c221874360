package io.stoker.answers;

import java.util.Locale;

/// What became of a question, beside its state.
public enum AnswerOutcome {
  /// A new answer is in the cache.
  STORED(0, QuestionState.COMPLETED),
  /// A new answer took the place of an older one.
  REFRESHED(1, QuestionState.COMPLETED),
  /// The batch asked to leave fresh answers alone, and there was one.
  ALREADY_FRESH(2, QuestionState.SKIPPED),
  /// The pipeline gave an answer that must not be cached.
  NOT_CACHEABLE(3, QuestionState.SKIPPED),
  /// The pipeline was less sure of its answer than the settings ask for.
  LOW_CONFIDENCE(4, QuestionState.SKIPPED),
  /// The pipeline gave no answer.
  FAILED(5, QuestionState.FAILED);

  private final int code;
  private final QuestionState state;

  AnswerOutcome(int code, QuestionState state) {
    this.code = code;
    this.state = state;
  }

  /// What stands for it in a database; never changes.
  int code() {
    return code;
  }

  /// The state a question ends in with this outcome.
  public QuestionState state() {
    return state;
  }

  /// Its name on the wire: `already_fresh`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
