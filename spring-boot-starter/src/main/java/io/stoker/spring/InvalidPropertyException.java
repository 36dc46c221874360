package io.stoker.spring;

/// A setting that cannot be used, or one that is missing: which, what was expected, what came, and
/// what to do. Never holds a password.
final class InvalidPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /// @param property the full name of the property, or what is missing
  /// @param problem what was expected and what came
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
