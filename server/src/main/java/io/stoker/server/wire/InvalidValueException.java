package io.stoker.server.wire;

/// A value from outside that cannot be used. The message is one line for whoever gave it: which
/// value, what was wanted, what came. It never holds a password.
public final class InvalidValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param name what its author calls the value: a setting, a member, a flag
  /// @param problem what was wanted and what came
  public InvalidValueException(String name, String problem) {
    super(name + ": " + problem);
  }
}
