package io.stoker.prompts;

/// Thrown when a turn cannot begin because another one of the conversation is in progress.
public final class TurnInProgressException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// With the default message.
  public TurnInProgressException() {
    this("a turn is already generating for this conversation");
  }

  /// With a message of its own.
  public TurnInProgressException(String message) {
    super(message);
  }
}
