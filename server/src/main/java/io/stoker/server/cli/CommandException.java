package io.stoker.server.cli;

/// Why a command failed, with what the process exits with; such as a server that does not answer.
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String code;

  /// @param code what programs call it
  /// @param message what was expected, what it got and what to do
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
