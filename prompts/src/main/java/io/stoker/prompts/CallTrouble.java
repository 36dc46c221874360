package io.stoker.prompts;

import io.stoker.wire.CallException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a call's trouble is to those who keep prompts warm.
final class CallTrouble {

  private CallTrouble() {}

  static ProviderException of(CallException trouble) {
    return new ProviderException(
        code(trouble.code()), String.valueOf(trouble.getMessage()), trouble.retryAfter(), trouble);
  }

  /// What a provider says in the middle of an answer that it began well.
  ///
  /// @param kind the provider's own word
  static ProviderException said(String kind, String message, @Nullable Throwable cause) {
    var code =
        switch (kind) {
          case "rate_limit_error", "rate_limit_exceeded" -> ProviderException.Code.RATE_LIMITED;
          case "timeout_error" -> ProviderException.Code.TIMED_OUT;
          case "invalid_request_error",
              "authentication_error",
              "billing_error",
              "permission_error",
              "not_found_error",
              "request_too_large",
              "context_length_exceeded" ->
              ProviderException.Code.REFUSED;
          default -> ProviderException.Code.UNAVAILABLE;
        };
    Duration unsaid = null;
    return new ProviderException(code, "the model gave up: " + message, unsaid, cause);
  }

  private static ProviderException.Code code(CallException.Code code) {
    return switch (code) {
      case RATE_LIMITED -> ProviderException.Code.RATE_LIMITED;
      case UNREACHABLE, UNAVAILABLE -> ProviderException.Code.UNAVAILABLE;
      case TIMED_OUT -> ProviderException.Code.TIMED_OUT;
      case DENIED, REFUSED -> ProviderException.Code.REFUSED;
      case BAD_ANSWER -> ProviderException.Code.BAD_ANSWER;
    };
  }
}
