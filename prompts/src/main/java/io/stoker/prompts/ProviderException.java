package io.stoker.prompts;

import io.stoker.CallLimits;
import io.stoker.TextRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A provider did not do what was asked of it. Messages hold no keys.
public final class ProviderException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of trouble it is.
  public enum Code {
    /// Asked too often (429). Not before [#retryAfter()] again.
    RATE_LIMITED,
    /// Cannot be reached, broke off, answered with 5xx.
    UNAVAILABLE,
    /// Took too long, or was silent for too long.
    TIMED_OUT,
    /// Refuses this request for good (4xx): a wrong key, an unknown model, a prompt too long.
    REFUSED,
    /// Answered with what cannot be understood.
    BAD_ANSWER
  }

  private final Code code;
  private final @Nullable Duration retryAfter;

  /// @param retryAfter how long to leave it alone, as it said itself; null if it did not
  /// @param cause what was caught; null if nothing was
  public ProviderException(
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

  /// Whether asking again cannot help.
  public boolean isFinal() {
    return code == Code.REFUSED;
  }
}
