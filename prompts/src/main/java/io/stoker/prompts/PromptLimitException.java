package io.stoker.prompts;

/// Thrown when a limit of [PromptLimits] is reached; the message says what to do.
public final class PromptLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Which one.
  public enum Code {
    /// The maximum number of conversations is reached.
    TOO_MANY_CONVERSATIONS,
    /// The history has reached its maximum size.
    CONVERSATION_FULL
  }

  private final Code code;

  PromptLimitException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /// Which one.
  public Code code() {
    return code;
  }
}
