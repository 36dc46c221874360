package io.stoker.answers;

import java.util.Locale;

/// State of a batch. [BatchRules] has the transitions.
public enum BatchState {
  /// No question has been claimed yet.
  PENDING(0),
  /// Some questions have been claimed, and some are open.
  RUNNING(1),
  /// No question is claimed until the batch is resumed; claimed ones are finished.
  PAUSED(2),
  /// All questions have ended, none failed.
  COMPLETED(3),
  /// All questions have ended, some failed.
  COMPLETED_WITH_ERRORS(4),
  /// Cancelled; answers that were stored stay in the cache.
  CANCELLED(5);

  private final int code;

  BatchState(int code) {
    this.code = code;
  }

  /// Its value in a database; never changes.
  int code() {
    return code;
  }

  /// Whether it stays as it is unless somebody retries it.
  public boolean isOver() {
    return switch (this) {
      case PENDING, RUNNING, PAUSED -> false;
      case COMPLETED, COMPLETED_WITH_ERRORS, CANCELLED -> true;
    };
  }

  /// Its name on the wire: `completed_with_errors`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
