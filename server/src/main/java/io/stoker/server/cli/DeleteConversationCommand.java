package io.stoker.server.cli;

import io.stoker.server.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Deletes a conversation.
@Command(
    name = "delete",
    description =
        "Closes a conversation and deletes it with all that was said in it. What it has cost stays in"
            + " the ledger.")
final class DeleteConversationCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  DeleteConversationCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      client.delete("/conversations/" + ServerClient.segment(id));
      terminal
          .out()
          .println(
              server.json()
                  ? Json.write(Map.of("deleted", id))
                  : "Deleted, with all that was said in it.");
      return ExitCode.OK.number();
    }
  }
}
