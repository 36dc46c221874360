package io.stoker.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Says by what it is decided when a conversation is warmed.
@Command(name = "policy", description = "Says by what it is decided when a conversation is warmed.")
final class PolicyCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  @Parameters(
      index = "1",
      paramLabel = "MODE",
      description = "interval, adaptive, off, or inherit for that of its tenant, or of all.")
  private String mode = "";

  PolicyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply = client.put(PromptsCommand.one(id) + "/warming", Map.of("mode", mode));
      ConversationLine.answer(terminal, server.json(), reply);
      return ExitCode.OK.number();
    }
  }
}
