package io.stoker.server.cli;

import java.util.HashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Asks as a user does.
@Command(name = "ask", description = "Asks a question as a user does.")
final class AskCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "QUESTION", description = "The question, in quotation marks.")
  private String question = "";

  @Option(names = "--scope", paramLabel = "TEXT", description = "Whose answer it is.")
  private @Nullable String scope;

  AskCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var body = new HashMap<String, String>();
    body.put("question", question);
    if (scope != null) {
      body.put("scope", scope);
    }
    try (var client = server.client(terminal)) {
      var reply = client.post("/api/answers/ask", body);
      if (server.json()) {
        terminal.out().println(reply.text());
      } else {
        tell(reply.json());
      }
      return ExitCode.OK.number();
    }
  }

  private void tell(JsonNode reply) {
    terminal.out().println(reply.path("answer").asString());
    terminal.out().println();
    terminal
        .out()
        .printf(
            "%s, confidence %d of 100, by %s%n",
            reply.path("cached").asBoolean()
                ? "From the cache, " + reply.path("age").asString() + " old"
                : "Fresh",
            reply.path("confidence").asLong(),
            reply.path("model").asString());
    if (!reply.path("matched").isNull()) {
      terminal.out().printf("Matched: %s%n", reply.path("matched").asString());
    }
    reply
        .path("sources")
        .forEach(source ->
            terminal
                .out()
                .printf(
                    "Source: %s (%s)%n",
                    source.path("title").asString(), source.path("document").asString()));
  }
}
