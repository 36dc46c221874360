package io.stoker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A call to a model or to another application failed. Messages hold no keys.
public final class CallException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  public enum Code {
    /// Called too often (429). Not before [#retryAfter()] again.
    RATE_LIMITED,
    /// Cannot be reached: the call was never sent, and its content is not to blame.
    UNREACHABLE,
    /// Broke off, or answered with 5xx.
    UNAVAILABLE,
    /// Denies the caller or the address rather than what was asked: 3xx, 401, 402, 403, 404, 405,
    /// 407. If it does so whatever is asked, it is not set up well, or the key is no longer good.
    DENIED,
    /// Took too long, or was silent for too long.
    TIMED_OUT,
    /// Refuses this call for good (any other 4xx).
    REFUSED,
    /// Answered with something that cannot be understood.
    BAD_ANSWER;

    /// The code for those who do not ask whether the call was sent or who was denied: `UNAVAILABLE`
    /// for `UNREACHABLE`, `REFUSED` for `DENIED`, else the same.
    public Code broad() {
      return switch (this) {
        case UNREACHABLE, UNAVAILABLE -> UNAVAILABLE;
        case DENIED, REFUSED -> REFUSED;
        case RATE_LIMITED, TIMED_OUT, BAD_ANSWER -> this;
      };
    }
  }

  private final Code code;
  private final int status;
  private final @Nullable Duration retryAfter;

  /// A failure without a status.
  ///
  /// @param retryAfter how long to make no calls, as the other side asked; null if it did not.
  ///   Taken as zero if negative, as a day if longer
  /// @param cause what was caught; null if nothing was. An IOException says that the connection
  ///   broke, which in an outage says nothing about what was asked
  public CallException(
      Code code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(TextRules.sanitized(message), cause);
    this.code = code;
    this.status = 0;
    this.retryAfter = CallTimeouts.sensible(retryAfter);
  }

  /// A status other than 2xx.
  ///
  /// @param retryAfter how long to make no calls, as the other side asked; null if it did not
  public CallException(Code code, int status, String message, @Nullable Duration retryAfter) {
    super(TextRules.sanitized(message));
    this.code = code;
    this.status = status;
    this.retryAfter = CallTimeouts.sensible(retryAfter);
  }

  /// A failure that a model reports in the middle of an answer that it began well.
  ///
  /// @param kind the model's own word for it; empty if there is none
  /// @param message empty if there is none
  public static CallException reported(String kind, String message) {
    var code =
        switch (kind) {
          case "rate_limit_error", "rate_limit_exceeded" -> Code.RATE_LIMITED;
          case "timeout_error" -> Code.TIMED_OUT;
          case "invalid_request_error",
              "authentication_error",
              "billing_error",
              "permission_error",
              "not_found_error",
              "request_too_large",
              "context_length_exceeded" ->
              Code.REFUSED;
          default -> Code.UNAVAILABLE;
        };
    var why = message.isEmpty() ? "it does not say why" : message;
    return new CallException(code, "the model gave up: " + why, null, null);
  }

  /// What kind of failure it is.
  public Code code() {
    return code;
  }

  /// The HTTP status of the reply; 0 if there was no reply, or its status was 2xx.
  public int status() {
    return status;
  }

  /// How long to make no calls; null if the other side did not say.
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
