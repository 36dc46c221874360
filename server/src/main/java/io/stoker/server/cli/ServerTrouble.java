package io.stoker.server.cli;

/// A server that is not there, or does not do what it was asked to.
final class ServerTrouble extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String code;

  /// @param code what programs call it
  /// @param message what was wanted, what came and what to do
  ServerTrouble(ExitCode exitCode, String code, String message) {
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
