package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.Json;
import io.stoker.server.Wire;
import io.stoker.server.settings.Settings;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Warms once, and tells how it went.
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
final class WarmCommand implements Callable<Integer> {

  private static final Duration COUNTING = Duration.ofSeconds(2);

  private final Terminal terminal;

  @Mixin private final WishOptions wish = new WishOptions();

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

  WarmCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var settings = wish.settings(terminal.configuration());
    if (instead != null && instead.stats) {
      StatsCommand.tell(terminal, settings, StatsCommand.HOUR, wish.json());
      return ExitCode.OK.number();
    }
    var plan = wish.plan(settings, rate, deadline, dryRun);
    if (instead != null && instead.estimate) {
      EstimateCommand.tell(terminal, settings, plan, wish.json());
      return ExitCode.OK.number();
    }
    return warm(settings, plan).number();
  }

  private ExitCode warm(Settings settings, SessionPlan plan) throws InterruptedException {
    try (var assembly = new Assembly(settings, Time.system())) {
      var warmer = assembly.warmer(plan);
      try (var interruption = Interruption.stopping(warmer)) {
        var report = warmer.warm(plan, progress(warmer, plan));
        var exitCode = ExitCode.of(plan, report, interruption.came());
        if (wish.json()) {
          terminal.out().println(Json.write(Wire.Progress.over(plan, null, report)));
        } else {
          new Closing(terminal, plan, report).tell(exitCode);
        }
        return exitCode;
      }
    }
  }

  private SessionEvents progress(SessionWarmer warmer, SessionPlan plan)
      throws InterruptedException {
    if (wish.json()) {
      return SessionEvents.none();
    }
    var total = Total.begin(warmer, plan);
    total.await(plan.deadline().compareTo(COUNTING) < 0 ? plan.deadline() : COUNTING);
    return terminal.isInteractive()
        ? new ProgressOnTerminal(terminal.err(), total)
        : new ProgressLines(terminal.out(), total);
  }
}
