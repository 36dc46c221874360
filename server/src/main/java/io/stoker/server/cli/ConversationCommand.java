package io.stoker.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Shows a conversation and its last warms.
@Command(name = "show", description = "Shows a conversation and its last warms.")
final class ConversationCommand implements Callable<Integer> {

  private static final int WARMS = 20;

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  ConversationCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var conversation = client.get(PromptsCommand.one(id));
      var warms = client.get(PromptsCommand.one(id) + "/warms?limit=" + WARMS);
      if (server.json()) {
        terminal
            .out()
            .println(
                "{\"conversation\":"
                    + conversation.text()
                    + ",\"warms\":"
                    + warms.json().path("warms")
                    + "}");
        return ExitCode.OK.number();
      }
      ConversationLine.head(terminal.out());
      ConversationLine.print(terminal.out(), conversation.json());
      ConversationLine.facts(terminal.out(), conversation.json());
      warms.json().path("warms").forEach(this::tell);
      return ExitCode.OK.number();
    }
  }

  private void tell(JsonNode warm) {
    var usage = warm.path("usage");
    terminal
        .out()
        .printf(
            "  %-20s %-6s %7d ms  %s%n",
            ConversationLine.moment(warm.path("started_at")),
            warm.path("manual").asBoolean() ? "asked" : "due",
            warm.path("took_ms").asLong(),
            usage.isNull() ? warm.path("trouble").asString() : cost(usage));
  }

  private static String cost(JsonNode usage) {
    return "%d of %d tokens from the cache (%d%%)"
        .formatted(
            usage.path("cache_read_tokens").asLong(0),
            usage.path("input_tokens").asLong(),
            usage.path("cache_percent").asLong());
  }
}
