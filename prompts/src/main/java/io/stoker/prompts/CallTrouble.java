package io.stoker.prompts;

import io.stoker.CallException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a call's trouble is to those who keep prompts warm.
final class CallTrouble {

  private CallTrouble() {}

  /// What a provider says in the middle of an answer that it began well.
  ///
  /// @param kind the provider's own word
  static CallException said(String kind, String message, @Nullable Throwable cause) {
    var code =
        switch (kind) {
          case "rate_limit_error", "rate_limit_exceeded" -> CallException.Code.RATE_LIMITED;
          case "timeout_error" -> CallException.Code.TIMED_OUT;
          case "invalid_request_error",
              "authentication_error",
              "billing_error",
              "permission_error",
              "not_found_error",
              "request_too_large",
              "context_length_exceeded" ->
              CallException.Code.REFUSED;
          default -> CallException.Code.UNAVAILABLE;
        };
    Duration unsaid = null;
    return new CallException(code, "the model gave up: " + message, unsaid, cause);
  }
}
