package io.stoker.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists conversations.
@Command(name = "list", description = "Lists the conversations that are to be kept warm, by id.")
final class ConversationsCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(names = "--all", description = "Also those that are not to be kept warm.")
  private boolean all;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at the most (${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int limit;

  ConversationsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply = client.get(PromptsCommand.list(limit, all));
      if (server.json()) {
        terminal.out().println(reply.text());
        return ExitCode.OK.number();
      }
      var conversations = reply.json().path("conversations");
      if (conversations.isEmpty()) {
        terminal.out().println("No conversations.");
        return ExitCode.OK.number();
      }
      ConversationLine.head(terminal.out());
      conversations.forEach(one -> ConversationLine.print(terminal.out(), one));
      if (!reply.json().path("next_cursor").isNull()) {
        terminal.out().println("There are more. To see them, ask for more with --limit");
      }
      return ExitCode.OK.number();
    }
  }
}
