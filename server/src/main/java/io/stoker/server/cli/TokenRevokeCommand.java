package io.stoker.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Revokes a token.
@Command(
    name = "revoke",
    description = "Revokes a token. A server that runs refuses it within two seconds.")
final class TokenRevokeCommand implements Runnable {

  private final Terminal terminal;

  @Parameters(paramLabel = "NAME", description = "What it was called when it was made.")
  private String name = "";

  TokenRevokeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var assembly = terminal.assembly()) {
      assembly.tokens().remove(name);
    }
    terminal.out().println("Revoked " + name + ".");
  }
}
