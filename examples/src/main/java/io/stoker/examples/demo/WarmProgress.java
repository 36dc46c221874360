package io.stoker.examples.demo;

import io.stoker.WarmCounts;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/// Shows the progress of a warm run: a bar on a terminal, a line for each quarter elsewhere.
/// Confined to the run's thread.
final class WarmProgress implements SessionEvents {

  private static final int WIDTH = 40;
  private static final int LINES = 4;

  private final Consumer<String> out;
  private final boolean terminal;
  private final long total;
  private long step;

  /// @param out takes text as it is, without ending the line
  /// @param total how many sessions the run will warm
  WarmProgress(Consumer<String> out, boolean terminal, long total) {
    this.out = out;
    this.terminal = terminal;
    this.total = Math.max(1, total);
  }

  @Override
  public void progress(WarmCounts counts, Duration took) {
    long steps = terminal ? 100 : LINES;
    long reached = Math.min(steps, counts.selected() * steps / total);
    if (reached > step) {
      step = reached;
      out.accept(terminal ? bar(counts.selected()) : line(counts.selected()));
    }
  }

  @Override
  public void ended(SessionReport report) {
    if (terminal) {
      out.accept("\r" + " ".repeat(WIDTH + 40) + "\r");
    }
  }

  private String bar(long done) {
    int full = (int) Math.min(WIDTH, done * WIDTH / total);
    return String.format(
        Locale.ROOT,
        "\r  [%s%s] %3d %%  %,d sessions",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        step,
        done);
  }

  private String line(long done) {
    return String.format(Locale.ROOT, "  warming ... %,d of %,d%n", done, total);
  }
}
