package io.stoker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Thrown when a call to a model or another application fails. Messages contain no keys.
public final class CallException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  public enum Code {
    /// Rate limited (429); see [#retryAfter()].
    RATE_LIMITED,
    /// No connection: the request was never sent, so its content is not the cause.
    UNREACHABLE,
    /// The connection broke, or the status was 5xx.
    UNAVAILABLE,
    /// The caller or the address is rejected rather than this request: 3xx, 401, 402, 403, 404,
    /// 405, 407. If every request is, a setting is wrong or the key is no longer valid.
    DENIED,
    /// A timeout of [CallTimeouts] expired.
    TIMED_OUT,
    /// This request is rejected permanently (any other 4xx).
    REFUSED,
    /// The response cannot be parsed.
    BAD_ANSWER;

    /// The code without the finer distinctions: `UNAVAILABLE` for `UNREACHABLE`, `REFUSED` for
    /// `DENIED`, otherwise the same.
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
  /// @param retryAfter how long to make no calls, as the server requested; null if it did not.
  ///   Clamped to between zero and a day
  /// @param cause null for none. An IOException means that the connection broke, so the request
  ///   itself may be fine
  public CallException(
      Code code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(TextRules.sanitized(message), cause);
    this.code = code;
    this.status = 0;
    this.retryAfter = CallTimeouts.clamped(retryAfter);
  }

  /// A failure with a status other than 2xx.
  ///
  /// @param retryAfter how long to make no calls, as the server requested; null if it did not
  public CallException(Code code, int status, String message, @Nullable Duration retryAfter) {
    super(TextRules.sanitized(message));
    this.code = code;
    this.status = status;
    this.retryAfter = CallTimeouts.clamped(retryAfter);
  }

  /// A failure that a model reports in the middle of its answer.
  ///
  /// @param kind the model's own error code; empty for none
  /// @param message empty for none
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
    var why = message.isEmpty() ? "no reason given" : message;
    return new CallException(code, "the model reported an error: " + why, null, null);
  }

  /// What kind of failure it is.
  public Code code() {
    return code;
  }

  /// The HTTP status of the reply; 0 if there was no reply, or its status was 2xx.
  public int status() {
    return status;
  }

  /// How long to make no calls; null if the server did not say.
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
