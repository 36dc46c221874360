package io.stoker.answers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A pipeline gave no answer.
public final class PipelineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of trouble it is.
  public enum Code {
    /// Asked too often. Not before [#retryAfter()] again.
    RATE_LIMITED,
    /// Cannot be reached, broke off, answered with 5xx.
    UNAVAILABLE,
    /// Took too long.
    TIMED_OUT,
    /// Refuses this question for good (4xx).
    REFUSED,
    /// Answered with what cannot be understood.
    BAD_ANSWER
  }

  private final Code code;
  private final @Nullable Duration retryAfter;

  /// @param retryAfter how long to leave it alone, as it said itself; null if it did not
  /// @param cause what was caught; null if nothing was
  public PipelineException(
      Code code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /// What kind of trouble it is.
  public Code code() {
    return code;
  }

  /// How long to leave it alone; null if it did not say.
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
