package io.stoker.spring;

/// Thrown when a property is invalid or missing: says which, the expected and the actual value, and
/// what to do. Never contains a password.
final class InvalidPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /// @param property the full name of the property, or what is missing
  /// @param problem the expected and the actual value
  /// @param action what to do
  InvalidPropertyException(String property, String problem, String action) {
    super(property + ": " + problem);
    this.action = action;
  }

  /// What to do.
  String action() {
    return action;
  }
}
