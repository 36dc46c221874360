package io.stoker.answers;

import java.util.Locale;

/// State of a question.
public enum QuestionState {
  /// Can be claimed, now or from its `notBefore` on.
  PENDING(0),
  /// Claimed, until the lease of the claim ends.
  PROCESSING(1),
  /// Its answer is in the cache.
  COMPLETED(2),
  /// Refused for good, or all attempts failed.
  FAILED(3),
  /// Nothing was cached, though nothing failed; the outcome says why.
  SKIPPED(4),
  /// Its batch was cancelled first.
  CANCELLED(5);

  private final int code;

  QuestionState(int code) {
    this.code = code;
  }

  /// Its value in a database; never changes.
  int code() {
    return code;
  }

  /// Whether it stays as it is unless somebody retries it.
  public boolean isOver() {
    return switch (this) {
      case PENDING, PROCESSING -> false;
      case COMPLETED, FAILED, SKIPPED, CANCELLED -> true;
    };
  }

  /// Its name on the wire: `completed`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
