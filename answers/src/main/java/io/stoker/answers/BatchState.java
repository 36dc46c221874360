package io.stoker.answers;

import java.util.Locale;

/// Where a batch of questions stands. [BatchRules] has the legal moves.
public enum BatchState {
  /// No question was claimed yet.
  PENDING(0),
  /// At least one question was claimed, and some are still to be done.
  RUNNING(1),
  /// No question is claimed until somebody resumes; those in hand are finished.
  PAUSED(2),
  /// Every question has ended, and none failed.
  COMPLETED(3),
  /// Every question has ended, and at least one failed.
  COMPLETED_WITH_ERRORS(4),
  /// Somebody gave it up; what was stored stays stored.
  CANCELLED(5);

  private final int code;

  BatchState(int code) {
    this.code = code;
  }

  /// What stands for it in a database; never changes.
  int code() {
    return code;
  }

  /// Whether nothing is left to do, unless somebody retries.
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
