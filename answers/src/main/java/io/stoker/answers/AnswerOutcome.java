package io.stoker.answers;

import java.util.Locale;

/// What became of a query, beside its state.
public enum AnswerOutcome {
  /// A new answer is in the cache.
  STORED(QueryState.COMPLETED),
  /// A new answer took the place of an older one.
  REFRESHED(QueryState.COMPLETED),
  /// The batch asked to leave fresh answers alone, and there was one.
  ALREADY_FRESH(QueryState.SKIPPED),
  /// The pipeline gave an answer that must not be cached.
  NOT_CACHEABLE(QueryState.SKIPPED),
  /// The pipeline was less sure of its answer than the settings ask for.
  LOW_CONFIDENCE(QueryState.SKIPPED),
  /// The pipeline gave no answer.
  FAILED(QueryState.FAILED);

  private final QueryState state;

  AnswerOutcome(QueryState state) {
    this.state = state;
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
