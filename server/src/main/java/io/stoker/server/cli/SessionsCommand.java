package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.SessionWire;
import io.stoker.server.wire.WireJson;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The commands about login sessions. They work on Postgres and Redis directly, without a server.
@Command(
    addMethodSubcommands = false,
    name = "sessions",
    description = "Login sessions, from Postgres to Redis.")
final class SessionsCommand {

  private static final Duration COUNTING = Duration.ofSeconds(2);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final double MEGABYTE = 1e6;

  private final Terminal terminal;

  SessionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// The flags of `sessions warm` alone.
  static final class WarmOptions {

    @Option(
        names = "--rate",
        paramLabel = "N",
        description = "The most sessions to warm in a second (no limit unless set).")
    private @Nullable Long rate;

    @Option(
        names = "--deadline",
        paramLabel = "5m",
        description = "How long it may take (5m unless set).")
    private @Nullable Duration deadline;

    @Option(names = "--dry-run", description = "Do everything but write.")
    private boolean dryRun;

    @ArgGroup private @Nullable Instead instead;

    private boolean showsEstimate() {
      return instead != null && instead.estimate;
    }

    private boolean showsStats() {
      return instead != null && instead.stats;
    }
  }

  /// What to do instead of warming.
  static final class Instead {

    @Option(
        names = {"-e", "--estimate"},
        description = "Only count, as 'sessions estimate' does.")
    private boolean estimate;

    @Option(
        names = {"-s", "--stats"},
        description = "Only show how look-ups went, as 'sessions stats' does.")
    private boolean stats;
  }

  @Command(
      name = "warm",
      description = {
        "Copies the most recently active sessions from Postgres to Redis, and looks a sample of them"
            + " up again.",
        "Needs DATABASE_URL and REDIS_URL."
      },
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:warmed, and at least 90%% found again; or there was nothing to warm",
        "1:some failed, or fewer were found again",
        "2:the command was not understood",
        "3:Postgres did not answer or refused",
        "4:Redis did not answer or refused",
        "5:the deadline came first",
        "6:another node is warming",
        "130:interrupted"
      })
  int warm(@Mixin SessionOptions chosen, @Mixin WarmOptions options) throws InterruptedException {
    var settings = chosen.settings(terminal.configuration());
    if (options.showsStats()) {
      printStats(settings, HOUR, chosen.json());
      return ExitCode.OK.number();
    }
    var plan = chosen.plan(settings, options.rate, options.deadline, options.dryRun);
    if (options.showsEstimate()) {
      printEstimate(settings, plan, chosen.json());
      return ExitCode.OK.number();
    }
    return warm(settings, plan, chosen.json()).number();
  }

  private ExitCode warm(Settings settings, SessionPlan plan, boolean json)
      throws InterruptedException {
    try (var assembly = new Assembly(settings, Time.system())) {
      var warmer = assembly.warmer(plan);
      try (var cancel = CancelOnSignal.of(warmer)) {
        var report = warmer.warm(plan, json ? SessionEvents.none() : progress(warmer, plan));
        var exitCode = ExitCode.of(plan, report, cancel.wasSignalled());
        if (json) {
          terminal.out().println(WireJson.write(SessionWire.Progress.over(plan, null, report)));
        } else {
          new RunSummary(terminal, plan, report).print(exitCode);
        }
        return exitCode;
      }
    }
  }

  private SessionEvents progress(SessionWarmer warmer, SessionPlan plan)
      throws InterruptedException {
    var total = BackgroundEstimate.begin(warmer, plan);
    total.await(plan.deadline().compareTo(COUNTING) < 0 ? plan.deadline() : COUNTING);
    return terminal.isInteractive()
        ? new ProgressBarPrinter(terminal.err(), total)
        : new ProgressLinePrinter(terminal.out(), total);
  }

  @Command(
      name = "estimate",
      description =
          "Counts what 'sessions warm' would warm, and changes nothing. Needs DATABASE_URL.")
  void estimate(@Mixin SessionOptions chosen) {
    var settings = chosen.settings(terminal.configuration());
    printEstimate(settings, chosen.plan(settings, null, null, false), chosen.json());
  }

  private void printEstimate(Settings settings, SessionPlan plan, boolean json) {
    try (var assembly = new Assembly(settings, Time.system())) {
      var estimate = assembly.estimator().estimate(plan);
      if (json) {
        terminal.out().println(WireJson.write(SessionWire.Estimate.of(plan, estimate)));
        return;
      }
      terminal
          .out()
          .printf(
              Locale.ROOT,
              "%d of %d eligible sessions would be warmed (active within %s, at most %d).%n"
                  + "Their values are %d bytes long on average;"
                  + " Redis would need about %.1f MB for them.%n",
              estimate.selected(),
              estimate.eligible(),
              DurationFormat.format(plan.activeWithin()),
              plan.limit(),
              estimate.averageBytes(),
              estimate.cacheBytes() / MEGABYTE);
    }
  }

  @Command(
      name = "stats",
      description = "Shows how look-ups went in all processes together. Needs REDIS_URL.")
  void stats(
      @Option(
              names = "--window",
              paramLabel = "1h",
              description = "How far back to look, at most 25h (1h unless set).")
          @Nullable Duration window,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json) {
    printStats(terminal.configuration().settings(), window == null ? HOUR : window, json);
  }

  private void printStats(Settings settings, Duration window, boolean json) {
    try (var assembly = new Assembly(settings, Time.system())) {
      var counts = assembly.stats().over(window);
      if (json) {
        terminal.out().println(WireJson.write(SessionWire.Stats.of(window, counts)));
      } else {
        print(window, counts);
      }
    }
  }

  private void print(Duration window, LookupCounts counts) {
    var out = terminal.out();
    out.printf("Look-ups by all processes in the last %s:%n", DurationFormat.format(window));
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
