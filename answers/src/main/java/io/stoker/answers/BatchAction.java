package io.stoker.answers;

import java.util.Locale;

/// What somebody can do to a batch.
public enum BatchAction {
  /// No more claims until resumed.
  PAUSE,
  /// Claims again.
  RESUME,
  /// Gives up what is not done yet.
  CANCEL,
  /// Tries the failed questions again.
  RETRY_FAILED,
  /// Tries the skipped and the cancelled questions again.
  RETRY_SKIPPED,
  /// Tries the failed, the skipped and the cancelled questions again.
  RETRY_ALL;

  /// Whether it is one of the three that try again.
  public boolean isRetry() {
    return switch (this) {
      case PAUSE, RESUME, CANCEL -> false;
      case RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL -> true;
    };
  }

  /// Whether a retry of this kind takes up a question in that state; false if this is no retry.
  public boolean retries(QuestionState state) {
    boolean skipped = state == QuestionState.SKIPPED || state == QuestionState.CANCELLED;
    return switch (this) {
      case PAUSE, RESUME, CANCEL -> false;
      case RETRY_FAILED -> state == QuestionState.FAILED;
      case RETRY_SKIPPED -> skipped;
      case RETRY_ALL -> skipped || state == QuestionState.FAILED;
    };
  }

  /// Its name in a batch's history: `retry_failed`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What somebody calls it who asks for it: `retry`.
  public String command() {
    return isRetry() ? "retry" : label();
  }
}
