package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.BadValue;
import io.stoker.server.access.AccessToken;
import io.stoker.server.access.Binding;
import io.stoker.server.access.Role;
import io.stoker.server.access.StoredToken;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes a token.
@Command(
    name = "create",
    description = {
      "Makes a token and shows it, once: only its hash is kept.",
      "A server that runs knows it within two seconds. viewer: sees what the console shows;"
          + " client: what an application needs; metrics: what Prometheus needs; operator:"
          + " everything.",
      "A client with --tenant or --scope is bound: conversations and figures of that tenant, and"
          + " answers in those scopes, are its own, and all others are as if they did not exist."
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
      description = "What it is for: viewer, client, metrics or operator.")
  private Role role = Role.VIEWER;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "The tenant that a client is bound to.")
  private @Nullable String tenant;

  @Option(
      names = "--scope",
      paramLabel = "NAME",
      description = "A scope that a client is bound to; several with --scope each.")
  private List<String> scopes = List.of();

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
    var binding = binding();
    if (binding.isBound() && role != Role.CLIENT) {
      throw new BadValue(
          "--role",
          "wanted client, for only a token of the role client can be bound to a tenant or a scope,"
              + " but came "
              + role.word());
    }
    try {
      var now = Time.system().now().truncatedTo(ChronoUnit.SECONDS);
      return new StoredToken(name, role, AccessToken.hash(secret), now, binding);
    } catch (IllegalArgumentException e) {
      throw new BadValue("--name", String.valueOf(e.getMessage()));
    }
  }

  private Binding binding() {
    if (tenant != null && tenant.isEmpty()) {
      throw new BadValue("--tenant", "wanted the name of a tenant, but came none");
    }
    try {
      return new Binding(tenant == null ? "" : tenant, scopes);
    } catch (IllegalArgumentException e) {
      throw new BadValue("--tenant, --scope", String.valueOf(e.getMessage()));
    }
  }
}
