package io.stoker.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Has a conversation kept warm no longer.
@Command(name = "disable", description = "Has a conversation kept warm no longer.")
final class DisableCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  DisableCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply = client.put(PromptsCommand.one(id) + "/warming", Map.of("enabled", false));
      ConversationLine.answer(terminal, server.json(), reply);
      return ExitCode.OK.number();
    }
  }
}
