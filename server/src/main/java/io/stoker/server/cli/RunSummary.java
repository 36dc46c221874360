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
        "Warmed %d of %s sessions in %s s%s.",
        counts.warmed(),
        total(),
        seconds(report.took()),
        first == null || counts.warmed() == 0 ? "" : ", the first after " + seconds(first) + " s");
  }

  private String total() {
    var total = report.total();
    return total == null ? "at least " + report.counts().selected() : total.toString();
  }

  private void reasons(String what, long sum, Map<String, Long> reasons) {
    say(what + ": " + sum);
    reasons.forEach((reason, count) -> say("  " + count + "  " + reason));
  }

  private void verified() {
    if (report.sampled() == 0) {
      return;
    }
    var share = report.verifiedShare();
    say(
        String.format(
            Locale.ROOT,
            "Verified: %d of %d sampled sessions found by the reader%s",
            report.found(),
            report.sampled(),
            share.isEmpty()
                ? ""
                : String.format(Locale.ROOT, " (%.1f%%)", 100 * share.getAsDouble())));
    if (report.meetsTarget()) {
      say("Target met: at least 90% of the sample was found.");
    } else if (report.stoppedEarly()) {
      say(
          "Target missed: the run reached %d of %s sessions."
              .formatted(report.counts().selected(), total()));
    } else {
      say("Target missed: less than 90% of the sample was found.");
    }
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
          report.counts().selected() == 0
              ? "Nothing was warmed. "
              : report.stoppedEarly() ? "Stopped early. " : "Not verified. ";
    };
  }

  private void say(String line) {
    terminal.out().println(line);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toMillis() / MILLIS);
  }
}
