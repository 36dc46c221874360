package io.stoker.server.cli;

import io.stoker.server.wire.WireJson;
import java.util.Iterator;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Prints the progress of a batch: as a bar on a terminal, as lines for logs, or as JSON. Confined
/// to one thread.
final class BatchProgressPrinter implements AutoCloseable {

  private static final int COLUMNS = 79;

  private final Terminal terminal;
  private final boolean json;
  private @Nullable ProgressBar bar;
  private long shown = -1;

  BatchProgressPrinter(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// Prints events as they arrive.
  ///
  /// @param lines the lines of an event stream
  /// @return the batch in the last event; null if the stream breaks off
  @Nullable JsonNode follow(Iterator<String> lines) {
    var name = "";
    while (lines.hasNext()) {
      var line = lines.next();
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        var data = WireJson.tree(line.substring("data: ".length()));
        print(name, data);
        if (name.equals("complete") || name.equals("deleted")) {
          return data;
        }
      }
    }
    return null;
  }

  private void print(String event, JsonNode data) {
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
    AnswersCommand.printWaiting(
        terminal.isInteractive() ? terminal.err() : terminal.out(), waiting);
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
