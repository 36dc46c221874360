package io.stoker.server.wire;

/// Thrown for an invalid value from outside: a setting, a flag or a member of a request. The
/// message is one line for the author of the value, and contains no passwords.
public final class InvalidValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param name the setting, flag or member
  /// @param problem such as "expected X, got Y"
  public InvalidValueException(String name, String problem) {
    super(name + ": " + problem);
  }
}
