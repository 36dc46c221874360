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

/// The commands about tokens. They work on where the server keeps its tokens, whether one runs or
/// not.
@Command(
    addMethodSubcommands = false,
    name = "token",
    description = "Tokens that callers of a server show.")
final class TokenCommand {

  private final Terminal terminal;

  TokenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

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
  void create(
      @Option(
              names = "--name",
              paramLabel = "NAME",
              required = true,
              description = "What it is called in lists and logs.")
          String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "What it is for: viewer, client, metrics or operator.")
          Role role,
      @Option(
              names = "--tenant",
              paramLabel = "NAME",
              description = "The tenant that a client is bound to.")
          @Nullable String tenant,
      @Option(
              names = "--scope",
              paramLabel = "NAME",
              description = "A scope that a client is bound to; several with --scope each.")
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
              "This is the only time that it is shown. Callers send it as 'Authorization: Bearer"
                  + " TOKEN'; commands take it from STOKER_TOKEN. Its hash is in "
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

  /// A token as JSON has it.
  ///
  /// @param tenant that it is bound to; null for none
  /// @param scopes that it is bound to
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

  /// All of them.
  record Lines(List<Line> tokens) {}

  @Command(
      name = "list",
      description =
          "Lists tokens: their names, roles and what they are bound to, and never themselves.")
  void list(@Option(names = "--json", description = "Answer with JSON.") boolean json) {
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
      description = "Revokes a token. A server that runs refuses it within two seconds.")
  void revoke(
      @Parameters(paramLabel = "NAME", description = "What it was called when it was made.")
          String name) {
    try (var assembly = terminal.assembly()) {
      assembly.tokens().remove(name);
    }
    terminal.out().println("Revoked " + name + ".");
  }

  @Command(
      name = "import",
      description = {
        "Takes the tokens of a file over to where the server keeps its own.",
        "Those that are there already stay as they are; the file is not changed."
      })
  void importAll(
      @Parameters(paramLabel = "FILE", description = "A file of tokens, as another server has it.")
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
              "Took over " + missing.size() + " of " + all.size() + " tokens, to " + tokens + ".");
    }
  }
}
