package io.stoker.answers;

/// A move that makes no sense in a batch's or question's current state. Nothing has changed.
public final class IllegalActionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String state;

  /// @param move such as `pause`
  /// @param state the current state's label
  public IllegalActionException(String move, String state) {
    super("expected a state that allows " + move + ", got " + state);
    this.state = state;
  }

  /// The current state's label.
  public String state() {
    return state;
  }
}
