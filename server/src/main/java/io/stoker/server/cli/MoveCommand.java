package io.stoker.server.cli;

import java.util.HashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Moves a batch: one class for the four commands that differ in a word.
@Command
final class MoveCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final String move;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The batch's number.")
  private long id;

  @Option(names = "--reason", paramLabel = "TEXT", description = "What for; kept in its history.")
  private @Nullable String reason;

  /// @param move `pause`, `resume`, `cancel` or `retry`
  MoveCommand(Terminal terminal, String move) {
    this.terminal = terminal;
    this.move = move;
  }

  @Override
  public Integer call() throws InterruptedException {
    var body = new HashMap<String, String>();
    if (reason != null) {
      body.put("reason", reason);
    }
    try (var client = server.client(terminal)) {
      var reply = client.post("batches/" + id + "/" + move, body);
      if (server.json()) {
        terminal.out().println(reply.text());
      } else {
        BatchLine.print(terminal.out(), reply.json());
      }
      return ExitCode.OK.number();
    }
  }
}
