package io.stoker.prompts;

/// Thrown when a conversation cannot be warmed, because a turn is in progress, it has no history,
/// or its model is unknown. The message says which.
public final class WarmRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param message why
  public WarmRefusedException(String message) {
    super(message);
  }
}
