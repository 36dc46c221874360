package io.stoker.answers;

import java.util.Locale;

/// What became of a query, beside its state.
public enum AnswerOutcome {
  /// A new answer is in the cache.
  STORED(0, QueryState.COMPLETED),
  /// A new answer took the place of an older one.
  REFRESHED(1, QueryState.COMPLETED),
  /// The batch asked to leave fresh answers alone, and there was one.
  ALREADY_FRESH(2, QueryState.SKIPPED),
  /// The pipeline gave an answer that must not be cached.
  NOT_CACHEABLE(3, QueryState.SKIPPED),
  /// The pipeline was less sure of its answer than the settings ask for.
  LOW_CONFIDENCE(4, QueryState.SKIPPED),
  /// The pipeline gave no answer.
  FAILED(5, QueryState.FAILED);

  private final int code;
  private final QueryState state;

  AnswerOutcome(int code, QueryState state) {
    this.code = code;
    this.state = state;
  }

  /// What stands for it in a database; never changes.
  int code() {
    return code;
  }

  /// The state a query ends in with this outcome.
  public QueryState state() {
    return state;
  }

  /// Its name on the wire: `already_fresh`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
