package io.stoker.server.cli;

import io.stoker.WarmCounts;
import io.stoker.sessions.SessionEvents;
import java.io.PrintStream;
import java.time.Duration;

/// Prints the progress of a warm run as lines, for logs and scripts.
final class ProgressLinePrinter implements SessionEvents {

  private final PrintStream out;
  private final BackgroundEstimate total;

  ProgressLinePrinter(PrintStream out, BackgroundEstimate total) {
    this.out = out;
    this.total = total;
  }

  @Override
  public void progress(WarmCounts counts, Duration took) {
    long selected = counts.selected();
    long all = total.atLeast(selected);
    var share = all == 0 ? "" : "/%d (%d%%)".formatted(all, Math.round(100.0 * selected / all));
    out.printf(
        "[CacheWarming] Progress: %d%s - Failed: %d%n", selected, share, counts.totalFailed());
  }
}
