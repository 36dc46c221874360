package io.stoker.server.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags that say where the server is.
final class ServerOptions {

  private static final String TOKEN = "STOKER_TOKEN";

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Where the server listens (${DEFAULT-VALUE}). STOKER_TOKEN is shown to it.",
      defaultValue = "http://127.0.0.1:24203")
  private URI server = URI.create("http://127.0.0.1:24203");

  @Option(names = "--json", description = "Answer with JSON, as the server sends it.")
  private boolean json;

  boolean json() {
    return json;
  }

  ServerClient client(Terminal terminal) {
    return new ServerClient(server, token(terminal));
  }

  private static @Nullable String token(Terminal terminal) {
    var token = terminal.configuration().variables().get(TOKEN);
    return token == null || token.isBlank() ? null : token.strip();
  }
}
