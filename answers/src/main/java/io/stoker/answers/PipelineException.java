package io.stoker.answers;

import io.stoker.CallLimits;
import io.stoker.TextRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A pipeline gave no answer.
public final class PipelineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of trouble it is.
  public enum Code {
    /// Asked too often. Not before [#retryAfter()] again.
    RATE_LIMITED,
    /// Cannot be reached: the question was never sent, and is not to blame.
    UNREACHABLE,
    /// Broke off, or answered with 5xx.
    UNAVAILABLE,
    /// Denies the caller or the address (3xx, 401, 402, 403, 404, 405, 407). If it does so whatever
    /// the question, it is not set up well, or its credentials are no longer good.
    DENIED,
    /// Took too long.
    TIMED_OUT,
    /// Refuses this question for good (any other 4xx).
    REFUSED,
    /// Answered with what cannot be understood.
    BAD_ANSWER
  }

  private final Code code;
  private final @Nullable Duration retryAfter;

  /// @param retryAfter how long to leave it alone, as it said itself; null if it did not. Taken as
  ///   zero if negative, as a day if longer
  /// @param cause what was caught; null if nothing was. An IOException says that the connection
  ///   broke, which in an outage says nothing of the question
  public PipelineException(
      Code code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(TextRules.cleaned(message), cause);
    this.code = code;
    this.retryAfter = CallLimits.sensible(retryAfter);
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
