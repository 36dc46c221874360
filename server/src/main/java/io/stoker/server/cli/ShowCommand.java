package io.stoker.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Shows a batch and its questions.
@Command(name = "show", description = "Shows a batch and its questions.")
final class ShowCommand implements Callable<Integer> {

  private static final int MOST = 1000;

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The batch's number.")
  private long id;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "Only questions that are pending, processing, completed, failed, skipped or"
              + " cancelled.")
  private @Nullable String status;

  ShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var client = server.client(terminal)) {
      var batch = client.get("batches/" + id);
      var queries =
          client.get(
              "batches/"
                  + id
                  + "/queries?limit="
                  + MOST
                  + (status == null ? "" : "&status=" + ServerClient.encoded(status)));
      if (server.json()) {
        terminal
            .out()
            .println(
                "{\"batch\":"
                    + batch.text()
                    + ",\"queries\":"
                    + queries.json().path("queries")
                    + "}");
      } else {
        tell(batch.json());
        queries.json().path("queries").forEach(this::tellQuery);
      }
      return ExitCode.OK.number();
    }
  }

  private void tell(JsonNode batch) {
    BatchLine.print(terminal.out(), batch);
    BatchLine.printWaiting(terminal.out(), batch.path("waiting"));
    batch
        .path("history")
        .forEach(change ->
            terminal
                .out()
                .printf(
                    "  %s  %s%s%n",
                    change.path("at").asString(),
                    change.path("what").asString(),
                    change.path("reason").asString().isEmpty()
                        ? ""
                        : ": " + change.path("reason").asString()));
  }

  private void tellQuery(JsonNode query) {
    var outcome = query.path("outcome");
    terminal
        .out()
        .printf(
            "%8d  %-10s %-14s %s%s%n",
            query.path("id").asLong(),
            query.path("status").asString(),
            outcome.isNull() ? "" : outcome.asString(),
            query.path("text").asString(),
            query.path("error").isNull() ? "" : "  (" + query.path("error").asString() + ")");
  }
}
