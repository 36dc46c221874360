package io.stoker.server.cli;

import io.stoker.server.Json;
import java.util.Iterator;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Follows a batch to its end.
@Command(
    name = "watch",
    description = "Follows a batch to its end.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it completed",
      "1:some questions failed, or it was cancelled or deleted",
      "2:the command was not understood",
      "3:no server answers, or its database does not"
    })
final class WatchCommand implements Callable<Integer> {

  private static final int COLUMNS = 79;

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The batch's number.")
  private long id;

  WatchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var last = follow();
    if (last == null) {
      throw new ServerTrouble(
          ExitCode.SOURCE_UNREACHABLE,
          "server-unreachable",
          "The server went away. The batch goes on when it is back");
    }
    if (!server.json()) {
      BatchLine.print(terminal.out(), last);
    }
    return exitCode(last).number();
  }

  /// The batch as its `complete` has it; null if the stream ends without.
  private @Nullable JsonNode follow() throws InterruptedException {
    try (var client = server.client(terminal);
        var lines = client.events("progress?batch_id=" + id);
        var view = new View(terminal, server.json())) {
      return follow(lines.iterator(), view);
    }
  }

  private static ExitCode exitCode(JsonNode batch) {
    return batch.path("status").asString().equals("completed")
        ? ExitCode.OK
        : ExitCode.BELOW_TARGET;
  }

  private static @Nullable JsonNode follow(Iterator<String> lines, View view) {
    var name = "";
    while (lines.hasNext()) {
      var line = lines.next();
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        var data = Json.tree(line.substring("data: ".length()));
        view.show(name, data);
        if (name.equals("complete") || name.equals("deleted")) {
          return data;
        }
      }
    }
    return null;
  }

  /// What is seen of it: a bar for people, lines for others, JSON for programs.
  private static final class View implements AutoCloseable {

    private final Terminal terminal;
    private final boolean json;
    private @Nullable ProgressBar bar;
    private long shown = -1;

    View(Terminal terminal, boolean json) {
      this.terminal = terminal;
      this.json = json;
    }

    void show(String event, JsonNode data) {
      if (json) {
        terminal.out().println("{\"event\":\"" + event + "\",\"data\":" + data + "}");
      } else if (event.equals("progress") || event.equals("paused")) {
        progress(data);
      } else if (event.equals("waiting")) {
        waiting(data.path("waiting"));
      }
    }

    private void waiting(JsonNode waiting) {
      if (terminal.isInteractive() && bar != null) {
        bar.setExtraMessage(waiting.isObject() ? " waiting for the pipeline" : " running");
      }
      BatchLine.printWaiting(terminal.isInteractive() ? terminal.err() : terminal.out(), waiting);
    }

    private void progress(JsonNode batch) {
      long done = batch.path("processed").asLong();
      long total = batch.path("total").asLong();
      if (terminal.isInteractive()) {
        var drawn = bar == null ? draw(total) : bar;
        bar = drawn;
        drawn.maxHint(total);
        drawn.stepTo(done);
        drawn.setExtraMessage(" " + batch.path("status").asString());
      } else if (done != shown) {
        shown = done;
        terminal
            .out()
            .printf(
                "[CacheWarming] Progress: %d/%d (%d%%) - Failed: %d%n",
                done,
                total,
                Math.round(batch.path("percent").asDouble()),
                batch.path("failed").asLong());
      }
    }

    private ProgressBar draw(long total) {
      return new ProgressBarBuilder()
          .setTaskName("Answering")
          .setStyle(ProgressBarStyle.ASCII)
          .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), COLUMNS))
          .setInitialMax(total)
          .build();
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
