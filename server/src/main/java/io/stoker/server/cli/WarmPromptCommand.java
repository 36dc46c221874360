package io.stoker.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Warms a conversation.
@Command(name = "warm", description = "Warms a conversation now, and waits until it is done.")
final class WarmPromptCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  WarmPromptCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply = client.post(PromptsCommand.one(id) + "/warm", Map.of());
      if (server.json()) {
        terminal.out().println(reply.text());
        return ExitCode.OK.number();
      }
      var usage = reply.json().path("usage");
      terminal
          .out()
          .printf(
              "Warm: %d of %d tokens came from the cache (%d%%).%n",
              usage.path("cache_read_tokens").asLong(0),
              usage.path("input_tokens").asLong(),
              usage.path("cache_percent").asLong());
      return ExitCode.OK.number();
    }
  }
}
