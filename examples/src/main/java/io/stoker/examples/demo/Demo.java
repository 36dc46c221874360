package io.stoker.examples.demo;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Demonstrates the effect of warming: the same look-ups against a cold and a warm Redis, then a
/// session that is signed out and stays so.
///
/// Exit code 0 if at least 90 % of the sample was found, at least 90 % of the look-ups hit and
/// every answer was right, otherwise 1; 2 for invalid flags.
@Command(
    name = "stoker demo",
    description = "Shows what warming is worth, with a Postgres and a Redis of its own.",
    sortOptions = false)
public final class Demo implements Callable<Integer> {

  private static final long SEED = 20_250_916;
  private static final double TARGET = 0.9;
  private static final int LEAST_SESSIONS = 1000;
  private static final int LEAST_LOOKUPS = 100;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description = "Users and sessions to make, at least 1000 (default ${DEFAULT-VALUE}).")
  private int sessions = 100_000;

  @Option(
      names = "--lookups",
      paramLabel = "N",
      description = "Look-ups to measure, at least 100 (default ${DEFAULT-VALUE}).")
  private int lookups = 10_000;

  @Option(
      names = "--keep",
      description = "Keep both servers running until Ctrl-C, to try the command line with.")
  private boolean keep;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this, and do nothing.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final PrintStream out;
  private final PrintStream err;
  private final Printout printout;
  private final Time time = Time.system();

  /// @param terminal whether `out` is a terminal, for a progress bar
  Demo(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.printout = new Printout(out, err, terminal);
  }

  public static void main(String[] arguments) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    var demo = new Demo(System.out, System.err, terminal);
    Runtime.getRuntime().addShutdownHook(new Thread(demo.printout::mute, "stoker-demo-mute"));
    System.exit(demo.run(arguments));
  }

  /// Parses the flags, and runs.
  int run(String... arguments) {
    return new CommandLine(this)
        .setOut(new PrintWriter(out, true, out.charset()))
        .setErr(new PrintWriter(err, true, err.charset()))
        .setExecutionExceptionHandler((e, _, _) -> {
          printout.failed(e);
          return 1;
        })
        .execute(arguments);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (sessions < LEAST_SESSIONS || lookups < LEAST_LOOKUPS) {
      throw new ParameterException(
          spec.commandLine(),
          "expected at least %d sessions and %d look-ups, got %d and %d"
              .formatted(LEAST_SESSIONS, LEAST_LOOKUPS, sessions, lookups));
    }
    var began = time.ticks();
    printout.title();
    try (var servers = Servers.fresh()) {
      printout.started(time.ticks().minus(began));
      boolean reached = show(servers);
      printout.verdict(reached, time.ticks().minus(began));
      if (keep) {
        printout.serversKept(servers);
        new CountDownLatch(1).await();
      }
      return reached ? 0 : 1;
    }
  }

  private boolean show(Servers servers) {
    var visits = Visits.of(seed(servers), sessions, servers.dataSource());
    var redis = new RedisSessions(servers.redis(), time);
    var source = SessionSource.jdbc(servers.dataSource(), SessionMapping.standard(), time);
    printout.measuringCold();
    warmUp(visits, redis, source);
    var requests = visits.draw(lookups, SEED);

    servers.redis().flushAll();
    var cold = lookUp(requests, redis, source);
    servers.redis().flushAll();
    var report = warm(redis, source);
    var warmed = lookUp(requests, redis, source);
    printout.lookups(cold, warmed);

    return signOut(visits.newest(), redis, source) && reachesTarget(report, cold, warmed);
  }

  private SessionSeed seed(Servers servers) {
    var began = time.ticks();
    SessionSchema.create(servers.dataSource());
    var seed =
        SessionSeed.of(SEED)
            .users(sessions)
            .sessions(sessions)
            .expired(0.02)
            .banned(0.005)
            .deleted(0.005)
            .idle(0.01);
    var made = seed.into(servers.dataSource());
    printout.seeded(made, time.ticks().minus(began));
    return seed;
  }

  /// Warms up the JIT, which would otherwise make the first of the two measurements slower.
  private void warmUp(Visits visits, RedisSessions redis, SessionSource source) {
    var some = visits.draw(Math.min(2000, lookups), SEED + 1);
    lookUp(some, redis, source);
    lookUp(some, redis, source);
  }

  private Lookups lookUp(List<Visits.Visit> requests, RedisSessions redis, SessionSource source) {
    try (var cache = cache(redis, source)) {
      return Lookups.measure(requests, cache, time);
    }
  }

  private SessionReport warm(RedisSessions redis, SessionSource source) {
    printout.warming();
    var warmer = new SessionWarmer(source, redis.store(), redis.lock(), time);
    var all = SessionPlan.standard().change().limit(SessionPlan.ALL).sampleSize(1000).plan();
    var report = warmer.warm(all, printout.progress(warmer.estimate(all).selected()));
    printout.warmed(report);
    return report;
  }

  private boolean signOut(Visits.Visit visit, RedisSessions redis, SessionSource source) {
    try (var cache = cache(redis, source)) {
      return new SignOut(cache, redis, source, time).show(visit.token(), printout);
    }
  }

  static boolean reachesTarget(SessionReport report, Lookups cold, Lookups warmed) {
    return report.verifiedShare().orElse(0) >= TARGET
        && warmed.hitRate() >= TARGET
        && cold.wrong() == 0
        && warmed.wrong() == 0;
  }

  private SessionCache cache(RedisSessions redis, SessionSource source) {
    return new SessionCache(
        redis.store(), source, redis.stats(), SessionCache.Settings.standard(), time);
  }
}
