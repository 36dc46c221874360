package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.BadValue;
import io.stoker.server.access.AccessToken;
import io.stoker.server.access.Role;
import io.stoker.server.access.StoredToken;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes a token.
@Command(
    name = "create",
    description = {
      "Makes a token and shows it, once: only its hash is kept.",
      "A server that runs knows it within two seconds. viewer: sees what the console shows;"
          + " client: what an application needs; operator: everything."
    })
final class TokenCreateCommand implements Runnable {

  private final Terminal terminal;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      required = true,
      description = "What it is called in lists and logs.")
  private String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      description = "What it is for: viewer, client or operator.")
  private Role role = Role.VIEWER;

  TokenCreateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var assembly = terminal.assembly()) {
      var tokens = assembly.tokens();
      var secret = StoredToken.newSecret();
      tokens.add(stored(secret));
      terminal.out().println(secret);
      terminal
          .err()
          .println(
              "This is the only time that it is shown. Callers send it as 'Authorization: Bearer"
                  + " TOKEN'; commands take it from STOKER_TOKEN. Its hash is in "
                  + tokens);
    }
  }

  private StoredToken stored(String secret) {
    try {
      var now = Time.system().now().truncatedTo(ChronoUnit.SECONDS);
      return new StoredToken(name, role, AccessToken.hash(secret), now);
    } catch (IllegalArgumentException e) {
      throw new BadValue("--name", String.valueOf(e.getMessage()));
    }
  }
}
