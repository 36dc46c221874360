package io.stoker.wire;

import io.stoker.TextRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A call did not give what was asked for. Messages hold no keys.
public final class CallException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of trouble it is.
  public enum Code {
    /// Asked too often (429). Not before [#retryAfter()] again.
    RATE_LIMITED,
    /// Cannot be reached: the call was never sent.
    UNREACHABLE,
    /// Broke off, or answered with 5xx.
    UNAVAILABLE,
    /// Denies the caller or the address rather than what was asked: 3xx, 401, 402, 403, 404, 405,
    /// 407.
    DENIED,
    /// Took too long, or was silent for too long.
    TIMED_OUT,
    /// Refuses this call for good (any other status).
    REFUSED,
    /// Answered with what cannot be understood.
    BAD_ANSWER
  }

  private final Code code;
  private final int status;
  private final @Nullable Duration retryAfter;

  /// Trouble without a status.
  ///
  /// @param retryAfter how long to leave it alone, as it said itself; null if it did not
  /// @param cause what was caught; null if nothing was
  public CallException(
      Code code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(TextRules.cleaned(message), cause);
    this.code = code;
    this.status = 0;
    this.retryAfter = retryAfter;
  }

  /// What a status other than 2xx means.
  CallException(Code code, int status, String message, @Nullable Duration retryAfter) {
    super(TextRules.cleaned(message));
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /// What kind of trouble it is.
  public Code code() {
    return code;
  }

  /// The HTTP status that said so; 0 if none did.
  public int status() {
    return status;
  }

  /// How long to leave it alone; null if it did not say.
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
