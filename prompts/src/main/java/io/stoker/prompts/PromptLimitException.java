package io.stoker.prompts;

/// A limit of [PromptLimits] is reached; the message says what to do.
public final class PromptLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Which one.
  public enum Code {
    /// There are as many conversations as there may be.
    TOO_MANY_CONVERSATIONS,
    /// As much was said in the conversation as may be.
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
