package io.stoker.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Ends a wait of the queue.
@Command(
    name = "try",
    description = "Tries a pipeline at once that did not answer or was asked too often.")
final class TryCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  TryCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply = client.post("queue/try", Map.of());
      if (server.json()) {
        terminal.out().println(reply.text());
      } else {
        var waited = reply.json().path("waiting");
        terminal
            .out()
            .println(
                waited.isNull()
                    ? "The queue waits for nothing."
                    : "The pipeline is tried now. Until now, "
                        + waited.path("message").asString()
                        + ".");
      }
      return ExitCode.OK.number();
    }
  }
}
