package io.stoker.server.cli;

import io.stoker.WarmCounts;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionReport;
import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Prints the progress of a warm run as a bar on a terminal.
final class ProgressBarPrinter implements SessionEvents {

  private static final int COLUMNS = 79;

  private final BackgroundEstimate total;
  private final ProgressBar bar;

  ProgressBarPrinter(PrintStream err, BackgroundEstimate total) {
    this.total = total;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName("Warming")
            .setStyle(ProgressBarStyle.ASCII)
            // A fixed width, because detecting the terminal's takes a native library.
            .setConsumer(new ConsoleProgressBarConsumer(err, COLUMNS))
            .setInitialMax(total.atLeast(0))
            .build();
  }

  @Override
  public void progress(WarmCounts counts, Duration took) {
    bar.maxHint(total.atLeast(counts.selected()));
    bar.stepTo(counts.selected());
    bar.setExtraMessage(counts.totalFailed() == 0 ? "" : " " + counts.totalFailed() + " failed");
  }

  @Override
  public void ended(SessionReport report) {
    bar.close();
  }
}
