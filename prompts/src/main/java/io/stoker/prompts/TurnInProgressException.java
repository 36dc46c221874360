package io.stoker.prompts;

/// A turn cannot begin, because another one of its conversation is going on.
public final class TurnInProgressException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Says so.
  public TurnInProgressException() {
    this("a turn is already generating for this conversation");
  }

  /// Says which one.
  public TurnInProgressException(String message) {
    super(message);
  }
}
