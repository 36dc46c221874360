package io.stoker.answers;

import java.util.Locale;

/// Where one query of a batch stands.
public enum QueryState {
  /// To be claimed, now or from its `notBefore` on.
  PENDING,
  /// Claimed; the claim's lease tells until when.
  PROCESSING,
  /// The cache holds its answer.
  COMPLETED,
  /// It was tried as often as the rules allow, or refused for good.
  FAILED,
  /// There is an answer, or one was not wanted, but nothing was put into the cache; the outcome
  /// says why.
  SKIPPED,
  /// Its batch was cancelled before it was done.
  CANCELLED;

  /// Whether nothing more happens to it unless somebody retries.
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
