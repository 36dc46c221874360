package io.stoker.answers;

/// Thrown when a batch or question is in a state that does not allow an action. Nothing has
/// changed.
public final class IllegalActionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String state;

  /// @param action such as `pause`
  /// @param state the label of the current state
  public IllegalActionException(String action, String state) {
    super("expected a state that allows " + action + ", got " + state);
    this.state = state;
  }

  /// The label of the current state.
  public String state() {
    return state;
  }
}
