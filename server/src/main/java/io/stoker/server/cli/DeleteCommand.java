package io.stoker.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Deletes a batch.
@Command(
    name = "delete",
    description = "Deletes a batch with its questions. Answers that were stored stay stored.")
final class DeleteCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The batch's number.")
  private long id;

  DeleteCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      client.delete("batches/" + id);
      terminal
          .out()
          .println(server.json() ? "{\"deleted\":" + id + "}" : "Batch " + id + " is deleted.");
      return ExitCode.OK.number();
    }
  }
}
