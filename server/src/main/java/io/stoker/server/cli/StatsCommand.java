package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.Durations;
import io.stoker.server.Json;
import io.stoker.server.Wire;
import io.stoker.server.settings.Settings;
import io.stoker.sessions.SessionCounts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Tells how look-ups went, in all processes together.
@Command(
    name = "stats",
    description = "Shows how look-ups went in all processes together. Needs REDIS_URL.")
final class StatsCommand implements Runnable {

  static final Duration HOUR = Duration.ofHours(1);

  private final Terminal terminal;

  @Option(
      names = "--window",
      paramLabel = "1h",
      description = "How far back to look, at most 25h (1h unless set).")
  private Duration window = HOUR;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  StatsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    tell(terminal, terminal.configuration().settings(), window, json);
  }

  static void tell(Terminal terminal, Settings settings, Duration window, boolean json) {
    try (var assembly = new Assembly(settings, Time.system())) {
      var counts = assembly.stats().over(window);
      if (json) {
        terminal.out().println(Json.write(Wire.Stats.of(window, counts)));
      } else {
        tell(terminal.out(), window, counts);
      }
    }
  }

  private static void tell(PrintStream out, Duration window, SessionCounts counts) {
    out.printf("Look-ups by all processes in the last %s:%n", Durations.text(window));
    counts
        .hitRate()
        .ifPresentOrElse(
            rate -> out.printf(Locale.ROOT, "  hit rate       %7.1f%%%n", 100 * rate),
            () -> out.println("  hit rate             -  (nobody has looked a session up)"));
    out.printf(
        "  hits           %8d  (%d in process memory, %d in Redis)%n",
        counts.hits(), counts.processHits(), counts.cacheHits());
    out.printf(
        "  misses         %8d  (%d in Postgres, %d unknown, %d failed)%n",
        counts.misses(), counts.loaded(), counts.unknown(), counts.failed());
    out.printf("  Redis errors   %8d%n", counts.cacheErrors());
    out.printf("  invalidations  %8d%n", counts.invalidations());
  }
}
