package io.stoker.answers;

import java.util.Locale;

/// An action that an operator can apply to a batch.
public enum BatchAction {
  /// Stops claims until the batch is resumed.
  PAUSE,
  /// Allows claims again.
  RESUME,
  /// Cancels all open questions.
  CANCEL,
  /// Retries the failed questions.
  RETRY_FAILED,
  /// Retries the skipped and the cancelled questions.
  RETRY_SKIPPED,
  /// Retries the failed, the skipped and the cancelled questions.
  RETRY_ALL;

  /// Whether it is one of the retries.
  public boolean isRetry() {
    return switch (this) {
      case PAUSE, RESUME, CANCEL -> false;
      case RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL -> true;
    };
  }

  /// Whether it retries a question in this state.
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

  /// The command behind it: `retry` for each of the retries.
  public String command() {
    return isRetry() ? "retry" : label();
  }
}
