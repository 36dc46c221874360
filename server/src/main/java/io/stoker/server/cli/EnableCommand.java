package io.stoker.server.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Has a conversation kept warm.
@Command(name = "enable", description = "Has a conversation kept warm.")
final class EnableCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description = "How long after a request the next warm is due, such as 4m.")
  private @Nullable Duration interval;

  EnableCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var wish = new HashMap<String, Object>();
    wish.put("enabled", true);
    if (interval != null) {
      wish.put("interval", interval);
    }
    try (var client = server.client(terminal)) {
      var reply = client.put(PromptsCommand.one(id) + "/warming", wish);
      ConversationLine.answer(terminal, server.json(), reply);
      return ExitCode.OK.number();
    }
  }
}
