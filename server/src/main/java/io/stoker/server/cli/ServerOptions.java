package io.stoker.server.cli;

import java.net.URI;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The flags of commands that call a running server.
final class ServerOptions {

  private static final String TOKEN = "STOKER_TOKEN";

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The server's URL (${DEFAULT-VALUE}). STOKER_TOKEN is sent to it.",
      defaultValue = "http://127.0.0.1:24203")
  private URI server = URI.create("http://127.0.0.1:24203");

  @Option(names = "--json", description = "Print the server's JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  ServerClient client(Terminal terminal) {
    return new ServerClient(server, token(terminal));
  }

  /// Calls the server once and prints its reply: unchanged with `--json`, otherwise by `print`.
  void call(
      Terminal terminal,
      Function<ServerClient, ServerClient.Reply> request,
      Consumer<JsonNode> print) {
    try (var client = client(terminal)) {
      var reply = request.apply(client);
      if (json) {
        terminal.out().println(reply.text());
      } else {
        print.accept(reply.json());
      }
    }
  }

  private static @Nullable String token(Terminal terminal) {
    var token = terminal.configuration().variables().get(TOKEN);
    return token == null || token.isBlank() ? null : token.strip();
  }
}
