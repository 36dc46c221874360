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
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The `sessions` commands. They connect to Postgres and Redis directly, without a server.
@Command(
    addMethodSubcommands = false,
    name = "sessions",
    description = "Login sessions, copied from Postgres to Redis.")
final class SessionsCommand {

  private static final Duration COUNT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final double MEGABYTE = 1e6;

  private final Terminal terminal;

  SessionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// The flags that only `sessions warm` has.
  static final class WarmOptions {

    @Option(
        names = "--rate",
        paramLabel = "N",
        description = "Maximum number of sessions a second (default: no limit).")
    private @Nullable Long rate;

    @Option(
        names = "--deadline",
        paramLabel = "5m",
        description = "Maximum duration of the run (default: 5m).")
    private @Nullable Duration deadline;

    @Option(names = "--dry-run", description = "Do everything except writing.")
    private boolean dryRun;

    @ArgGroup private @Nullable Alternative alternative;

    private boolean showsEstimate() {
      return alternative != null && alternative.estimate;
    }

    private boolean showsStats() {
      return alternative != null && alternative.stats;
    }
  }

  /// What to do instead of warming.
  static final class Alternative {

    @Option(
        names = {"-e", "--estimate"},
        description = "Only count, as 'sessions estimate' does.")
    private boolean estimate;

    @Option(
        names = {"-s", "--stats"},
        description = "Only show the look-up statistics, as 'sessions stats' does.")
    private boolean stats;
  }

  @Command(
      name = "warm",
      description = {
        "Copies the most recently active sessions from Postgres to Redis, and verifies a sample.",
        "Needs DATABASE_URL and REDIS_URL."
      },
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:warmed and at least 90%% of the sample found, or nothing to warm",
        "1:some failed, or less than 90%% of the sample was found",
        "2:invalid arguments",
        "3:Postgres did not answer or refused",
        "4:Redis did not answer or refused",
        "5:the deadline expired",
        "6:another node is warming",
        "130:interrupted"
      })
  int warm(@Mixin SessionOptions selection, @Mixin WarmOptions options)
      throws InterruptedException {
    var settings = selection.settings(terminal.configuration());
    if (options.showsStats()) {
      printStats(settings, HOUR, selection.json());
      return ExitCode.OK.number();
    }
    var plan = selection.plan(settings, options.rate, options.deadline, options.dryRun);
    if (options.showsEstimate()) {
      printEstimate(settings, plan, selection.json());
      return ExitCode.OK.number();
    }
    return warm(settings, plan, selection.json()).number();
  }

  private ExitCode warm(Settings settings, SessionPlan plan, boolean json)
      throws InterruptedException {
    try (var assembly = new Assembly(settings, Time.system())) {
      var warmer = assembly.warmer(plan);
      try (var cancel = CancelOnSignal.of(warmer)) {
        var estimate = BackgroundEstimate.start(warmer, plan);
        var events = json ? SessionEvents.none() : progress(estimate, plan);
        var report = warmer.warm(plan, events).withTotal(estimate.selected());
        var exitCode = ExitCode.of(plan, report, cancel.wasSignalled());
        if (json) {
          terminal.out().println(WireJson.write(SessionWire.Progress.ended(plan, report)));
        } else {
          new RunSummary(terminal, plan, report).print(exitCode);
        }
        return exitCode;
      }
    }
  }

  private SessionEvents progress(BackgroundEstimate total, SessionPlan plan)
      throws InterruptedException {
    total.await(plan.deadline().compareTo(COUNT_TIMEOUT) < 0 ? plan.deadline() : COUNT_TIMEOUT);
    return terminal.isInteractive()
        ? new ProgressBarPrinter(terminal.err(), total)
        : new ProgressLinePrinter(terminal.out(), total);
  }

  @Command(
      name = "estimate",
      description = "Counts the sessions that 'sessions warm' would warm. Needs DATABASE_URL.")
  void estimate(@Mixin SessionOptions selection) {
    var settings = selection.settings(terminal.configuration());
    printEstimate(settings, selection.plan(settings, null, null, false), selection.json());
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
                  + "Average value: %d bytes. Memory needed in Redis: about %.1f MB.%n",
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
      description = "Shows the look-up statistics of all processes. Needs REDIS_URL.")
  void stats(
      @Option(
              names = "--window",
              paramLabel = "1h",
              description = "The time range, up to 25h back (default: 1h).")
          @Nullable Duration window,
      @Option(names = "--json", description = "Print one JSON object.") boolean json) {
    printStats(terminal.configuration().settings(), window == null ? HOUR : window, json);
  }

  @Command(
      name = "follow",
      description = {
        "Shows how far Redis is behind Postgres, where changes are followed"
            + " (stoker.sessions.follow); the following itself is done by servers.",
        "Needs DATABASE_URL, and REDIS_URL without --sql."
      },
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:a node follows; with --sql: Postgres has all that is needed",
        "1:no node follows; with --sql: something is to be run",
        "2:the command was not understood",
        "3:Postgres did not answer or refused",
        "4:Redis did not answer or refused"
      })
  int follow(
      @Option(names = "--sql", description = "Print what an administrator runs in Postgres.")
          boolean sql,
      @Option(
              names = "--mapping",
              paramLabel = "FILE",
              description = "Where sessions are: standard, or a file with a SELECT.")
          @Nullable String mapping,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json) {
    var configuration = terminal.configuration();
    var settings =
        (mapping == null ? configuration : configuration.with("stoker.sessions.mapping", mapping))
            .settings();
    var command = new FollowCommand(terminal, settings);
    boolean well = sql ? command.printSql() : command.printStatus(json);
    return (well ? ExitCode.OK : ExitCode.BELOW_TARGET).number();
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
            () -> out.println("  hit rate             -  (no look-ups)"));
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
