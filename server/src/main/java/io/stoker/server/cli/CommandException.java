package io.stoker.server.cli;

/// Thrown when a command fails, with the exit code of the process.
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String code;

  /// @param code the error code in JSON
  /// @param message what was expected, what happened and what to do
  CommandException(ExitCode exitCode, String code, String message) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String code() {
    return code;
  }
}
