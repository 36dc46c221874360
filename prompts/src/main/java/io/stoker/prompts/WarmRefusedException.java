package io.stoker.prompts;

/// A conversation cannot be warmed just now: it is generating, it has no history, its model is not
/// known. The message says which.
public final class WarmRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param message why
  public WarmRefusedException(String message) {
    super(message);
  }
}
