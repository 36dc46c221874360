package io.stoker.server.cli;

import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// The summary printed at the end of a warm run.
record RunSummary(Terminal terminal, SessionPlan plan, SessionReport report) {

  private static final double MILLIS = 1000;

  void print(ExitCode exitCode) {
    var counts = report.counts();
    if (counts.selected() > 0) {
      say("");
      say(headline());
      if (!plan.dryRun()) {
        reasons("Skipped", counts.totalSkipped(), counts.skipped());
      }
      reasons("Failed", counts.totalFailed(), counts.failed());
      verified();
    }
    if (!report.message().isEmpty()) {
      var out = exitCode == ExitCode.OK ? terminal.out() : terminal.err();
      out.println(ending() + report.message() + ".");
    }
  }

  private String headline() {
    var counts = report.counts();
    if (plan.dryRun()) {
      return "Dry run: %d of %d sessions would be warmed, and none was."
          .formatted(counts.skipped().getOrDefault("dry run", 0L), counts.selected());
    }
    var first = report.firstAfter();
    return String.format(
        Locale.ROOT,
        "Warmed %d of %d sessions in %s s%s.",
        counts.warmed(),
        counts.selected(),
        seconds(report.took()),
        first == null || counts.warmed() == 0 ? "" : ", the first after " + seconds(first) + " s");
  }

  private void reasons(String what, long sum, Map<String, Long> reasons) {
    say(what + ": " + sum);
    reasons.forEach((reason, count) -> say("  " + count + "  " + reason));
  }

  private void verified() {
    report
        .verifiedShare()
        .ifPresent(share -> {
          say(
              String.format(
                  Locale.ROOT,
                  "Verified: %d of %d sampled sessions found by the reader (%.1f%%)",
                  report.found(),
                  report.sampled(),
                  100 * share));
          say(
              report.meetsTarget()
                  ? "Target met: at least 90% of the sample was found."
                  : "Target missed: less than 90% of the sample was found.");
        });
  }

  private String ending() {
    return switch (report.state()) {
      case NOTHING_ELIGIBLE -> "Nothing to warm. ";
      case CANCELLED, COMPLETED, COMPLETED_WITH_FAILURES -> "";
      case RUNNING,
          TIMED_OUT,
          SOURCE_UNREACHABLE,
          CACHE_UNREACHABLE,
          ALREADY_WARM,
          SKIPPED_OTHER_NODE ->
          report.counts().selected() == 0 ? "Nothing was warmed. " : "Stopped early. ";
    };
  }

  private void say(String line) {
    terminal.out().println(line);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toMillis() / MILLIS);
  }
}
