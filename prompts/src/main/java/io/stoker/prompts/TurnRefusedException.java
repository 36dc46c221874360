package io.stoker.prompts;

/// A turn cannot begin, because another one of its conversation is going on.
public final class TurnRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Says so.
  public TurnRefusedException() {
    this("a turn is already generating for this conversation");
  }

  /// Says which one.
  public TurnRefusedException(String message) {
    super(message);
  }
}
