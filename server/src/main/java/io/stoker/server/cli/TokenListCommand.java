package io.stoker.server.cli;

import io.stoker.server.Json;
import io.stoker.server.access.StoredToken;
import io.stoker.server.access.TokenStore;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lists tokens.
@Command(
    name = "list",
    description =
        "Lists tokens: their names, roles and what they are bound to, and never themselves.")
final class TokenListCommand implements Runnable {

  private final Terminal terminal;

  @Option(names = "--json", description = "Answer with JSON.")
  private boolean json;

  TokenListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// A token as JSON has it.
  ///
  /// @param tenant that it is bound to; null for none
  /// @param scopes that it is bound to
  record Line(
      String name, String role, String createdAt, @Nullable String tenant, List<String> scopes) {

    static Line of(StoredToken token) {
      var binding = token.binding();
      return new Line(
          token.name(),
          token.role().word(),
          token.createdAt().toString(),
          binding.tenant().isEmpty() ? null : binding.tenant(),
          binding.scopes());
    }

    /// What it is bound to, for people.
    String bound() {
      return (tenant == null ? "" : "  tenant " + tenant)
          + scopes.stream().map(scope -> "  scope " + scope).collect(Collectors.joining());
    }
  }

  /// All of them.
  record Lines(List<Line> tokens) {}

  @Override
  public void run() {
    try (var assembly = terminal.assembly()) {
      var place = assembly.tokens();
      print(place.read().stream().map(Line::of).toList(), place);
    }
  }

  private void print(List<Line> tokens, TokenStore place) {
    if (json) {
      terminal.out().println(Json.write(new Lines(tokens)));
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
}
