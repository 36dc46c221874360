package io.stoker.server.cli;

import io.stoker.TextRules;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists batches.
@Command(name = "queue", description = "Lists batches, the newest first.")
final class QueueCommand implements Callable<Integer> {

  private static final int NAME = 30;

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "Only these: pending, running, paused, completed, completed_with_errors, cancelled.")
  private @Nullable String status;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at the most (${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int limit;

  QueueCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var reply =
          client.get(
              "queue?limit="
                  + limit
                  + (status == null ? "" : "&status=" + ServerClient.encoded(status)));
      if (server.json()) {
        terminal.out().println(reply.text());
        return ExitCode.OK.number();
      }
      var batches = reply.json().path("batches");
      if (batches.isEmpty()) {
        terminal.out().println("No batches.");
        return ExitCode.OK.number();
      }
      terminal
          .out()
          .printf("%6s  %-21s %15s %7s  %s%n", "batch", "status", "done", "failed", "name");
      batches.forEach(batch ->
          terminal
              .out()
              .printf(
                  "%6d  %-21s %15s %7d  %s%n",
                  batch.path("id").asLong(),
                  batch.path("status").asString(),
                  batch.path("processed").asLong() + "/" + batch.path("total").asLong(),
                  batch.path("failed").asLong(),
                  shortened(batch.path("name").asString())));
      BatchLine.printWaiting(terminal.out(), reply.json().path("waiting"));
      return ExitCode.OK.number();
    }
  }

  private static String shortened(String name) {
    return TextRules.shortened(TextRules.visible(name), NAME);
  }
}
