package io.stoker.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Closes a conversation.
@Command(
    name = "close",
    description = "Ends the warming of a conversation, and the turn that is going on in it.")
final class CloseCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  CloseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply = client.post("/conversations/" + ServerClient.segment(id) + "/close", Map.of());
      if (server.json()) {
        terminal.out().println(reply.text());
      } else {
        boolean aborted = reply.json().path("abortedTurn").asBoolean();
        terminal.out().println("Closed." + (aborted ? " A turn was broken off." : ""));
      }
      return ExitCode.OK.number();
    }
  }
}
