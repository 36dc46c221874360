package io.stoker.answers;

import java.util.Locale;

/// Where one question of a batch stands.
public enum QuestionState {
  /// To be claimed, now or from its `notBefore` on.
  PENDING(0),
  /// Claimed; the claim's lease tells until when.
  PROCESSING(1),
  /// The cache holds its answer.
  COMPLETED(2),
  /// It was tried as often as the rules allow, or refused for good.
  FAILED(3),
  /// There is an answer, or one was not wanted, but nothing was put into the cache; the outcome
  /// says why.
  SKIPPED(4),
  /// Its batch was cancelled before it was done.
  CANCELLED(5);

  private final int code;

  QuestionState(int code) {
    this.code = code;
  }

  /// What stands for it in a database; never changes.
  int code() {
    return code;
  }

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
