package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.access.ConfiguredToken;
import io.stoker.server.access.Role;
import io.stoker.server.access.StoredToken;
import io.stoker.server.access.TokenFile;
import io.stoker.server.access.TokenRestriction;
import io.stoker.server.access.TokenStore;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The `token` commands. They use the server's token store directly, whether a server runs or not.
@Command(
    addMethodSubcommands = false,
    name = "token",
    description = "Access tokens for a server's clients.")
final class TokenCommand {

  private final Terminal terminal;

  TokenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(
      name = "create",
      description = {
        "Creates a token and prints it once. Only its hash is stored.",
        "A running server accepts it within two seconds. viewer: reads what the console shows;"
            + " client: what an application needs; metrics: what Prometheus needs; operator:"
            + " everything.",
        "A client with --tenant or --scope is restricted to conversations and figures of that tenant,"
            + " and to answers in those scopes. All others do not exist for it."
      })
  void create(
      @Option(
              names = "--name",
              paramLabel = "NAME",
              required = true,
              description = "Its name in lists and logs.")
          String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "viewer, client, metrics or operator.")
          Role role,
      @Option(
              names = "--tenant",
              paramLabel = "NAME",
              description = "The tenant that a client is restricted to.")
          @Nullable String tenant,
      @Option(
              names = "--scope",
              paramLabel = "NAME",
              description = "A scope that a client is restricted to; can be repeated.")
          @Nullable List<String> scopes) {
    var restriction = restriction(tenant, Objects.requireNonNullElse(scopes, List.of()));
    if (!restriction.isNone() && role != Role.CLIENT) {
      throw new InvalidValueException(
          "--role",
          "expected client, since only clients can be bound to a tenant or a scope, got "
              + role.label());
    }
    try (var assembly = terminal.assembly()) {
      var tokens = assembly.tokens();
      var secret = StoredToken.newSecret();
      tokens.add(stored(name, role, secret, restriction));
      terminal.out().println(secret);
      terminal
          .err()
          .println(
              "It is not shown again. Clients send it as 'Authorization: Bearer TOKEN'; commands read"
                  + " it from STOKER_TOKEN. Its hash is stored in "
                  + tokens);
    }
  }

  private static TokenRestriction restriction(@Nullable String tenant, List<String> scopes) {
    if (tenant != null && tenant.isEmpty()) {
      throw new InvalidValueException("--tenant", "expected the name of a tenant, got none");
    }
    try {
      return new TokenRestriction(tenant == null ? "" : tenant, scopes);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("--tenant, --scope", String.valueOf(e.getMessage()));
    }
  }

  private static StoredToken stored(
      String name, Role role, String secret, TokenRestriction restriction) {
    try {
      var now = Time.system().now().truncatedTo(ChronoUnit.SECONDS);
      return new StoredToken(name, role, ConfiguredToken.hash(secret), now, restriction);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("--name", String.valueOf(e.getMessage()));
    }
  }

  /// A token in the output, without the secret.
  ///
  /// @param tenant the tenant that it is restricted to; null for none
  /// @param scopes the scopes that it is restricted to
  record Line(
      String name, String role, String createdAt, @Nullable String tenant, List<String> scopes) {

    static Line of(StoredToken token) {
      var restriction = token.restriction();
      return new Line(
          token.name(),
          token.role().label(),
          token.createdAt().toString(),
          restriction.tenant().isEmpty() ? null : restriction.tenant(),
          restriction.scopes());
    }

    /// What it is bound to, for people.
    String bound() {
      return (tenant == null ? "" : "  tenant " + tenant)
          + scopes.stream().map(scope -> "  scope " + scope).collect(Collectors.joining());
    }
  }

  /// The output of `--json`.
  record Lines(List<Line> tokens) {}

  @Command(
      name = "list",
      description =
          "Lists the names, roles and restrictions of tokens, but not the tokens themselves.")
  void list(@Option(names = "--json", description = "Print JSON.") boolean json) {
    try (var assembly = terminal.assembly()) {
      var place = assembly.tokens();
      print(place.read().stream().map(Line::of).toList(), place, json);
    }
  }

  private void print(List<Line> tokens, TokenStore place, boolean json) {
    if (json) {
      terminal.out().println(WireJson.write(new Lines(tokens)));
    } else if (tokens.isEmpty()) {
      terminal.out().println("No tokens in " + place + ".");
    } else {
      terminal.out().printf("%-9s  %-21s  %s%n", "role", "created", "name");
      tokens.forEach(token ->
          terminal
              .out()
              .printf(
                  "%-9s  %-21s  %s%s%n",
                  token.role(), token.createdAt(), token.name(), token.bound()));
    }
  }

  @Command(
      name = "revoke",
      description = "Revokes a token. A running server rejects it within two seconds.")
  void revoke(@Parameters(paramLabel = "NAME", description = "The token's name.") String name) {
    try (var assembly = terminal.assembly()) {
      assembly.tokens().remove(name);
    }
    terminal.out().println("Revoked " + name + ".");
  }

  @Command(
      name = "import",
      description = {
        "Imports the tokens of a file into the server's token store.",
        "Existing tokens and the file stay unchanged."
      })
  void importAll(
      @Parameters(paramLabel = "FILE", description = "The token file of another server.")
          Path file) {
    var all = new TokenFile(file).read();
    try (var assembly = terminal.assembly()) {
      var tokens = assembly.tokens();
      var stored = tokens.read();
      var missing = all.stream().filter(token -> !stored.contains(token)).toList();
      missing.forEach(tokens::add);
      terminal
          .out()
          .println(
              "Imported " + missing.size() + " of " + all.size() + " tokens into " + tokens + ".");
    }
  }
}
