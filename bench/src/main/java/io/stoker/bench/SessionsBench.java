package io.stoker.bench;

import io.stoker.Time;
import io.stoker.bench.Contender.Watcher;
import io.stoker.sessions.SessionPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Benchmarks copying sessions from Postgres to Redis, compared with the usual ways, on the same
/// data.
///
/// Each round runs every contender, so that a temporary load affects all of them; ratios are
/// computed within a round. Look-ups are probed in separate passes, because they cost time, too.
final class SessionsBench {

  static final Contender STOKER = new StokerCopy(SessionPlan.ALL);
  static final Contender SHELL = new ShellPipe();
  static final Contender IMPORT = new JdbcImport(50);
  static final Contender IMPORT_1000 = new JdbcImport(1000);

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final BenchServers servers;
  private final Options options;

  private SessionsBench(BenchServers servers, Options options) {
    this.servers = servers;
    this.options = options;
  }

  /// The options.
  ///
  /// @param rows sessions in the table, all of which are copied
  /// @param rounds how often each contender runs
  record Options(int rows, int rounds) {

    static final Options STANDARD = new Options(1_000_000, 3);

    Options {
      if (rows < 20_000) {
        throw new IllegalArgumentException("expected --rows of at least 20000, got " + rows);
      }
      if (rounds < 1) {
        throw new IllegalArgumentException("expected --rounds of at least 1, got " + rounds);
      }
    }

    Options withRows(int rows) {
      return new Options(rows, rounds);
    }

    Options withRounds(int rounds) {
      return new Options(rows, rounds);
    }
  }

  /// The measurements.
  ///
  /// @param passes the passes of each contender that could run, one per round
  /// @param small the durations of runs of 1,000 sessions in a running JVM
  /// @param idle latencies of the probe while Redis is otherwise idle, one list per round
  /// @param probed latencies of the probe while each contender copies
  record Results(
      Map<Contender, List<Contender.Pass>> passes,
      List<Duration> small,
      List<List<Duration>> idle,
      Map<Contender, List<List<Duration>>> probed) {}

  /// Measures, and returns the page.
  static String run(Options options) throws InterruptedException {
    var machine = Machine.here();
    say("Seeding " + options.rows + " sessions ...");
    try (var servers = BenchServers.start(options.rows)) {
      var results = new SessionsBench(servers, options).measure();
      return new SessionsPage(options, machine, servers, results).toString();
    }
  }

  private Results measure() throws InterruptedException {
    var limited = new StokerCopy(options.rows);
    var contenders = able(STOKER, limited, SHELL, IMPORT, IMPORT_1000);
    var probing = able(STOKER, SHELL, IMPORT);

    say("Unmeasured pass ...");
    pass(STOKER);
    var results =
        new Results(
            new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
    for (int round = 0; round < options.rounds; round++) {
      for (var contender : rotated(contenders, round)) {
        var pass = pass(contender);
        results.passes.computeIfAbsent(contender, _ -> new ArrayList<>()).add(pass);
        say(
            "Round %d: %s %.2f s"
                .formatted(round + 1, contender.name(), Statistics.seconds(pass.took())));
      }
    }
    say("Small runs ...");
    results.small.addAll(small());
    for (int round = 0; round < options.rounds; round++) {
      results.idle.add(idle());
      for (var contender : rotated(probing, round)) {
        say("LatencyProbe, round %d: %s".formatted(round + 1, contender.name()));
        results.probed.computeIfAbsent(contender, _ -> new ArrayList<>()).add(probed(contender));
      }
    }
    return results;
  }

  private static List<Contender> able(Contender... contenders) {
    return Stream.of(contenders).filter(contender -> contender.absent().isEmpty()).toList();
  }

  /// Starts each round with another contender.
  private static List<Contender> rotated(List<Contender> contenders, int by) {
    var rotated = new ArrayList<>(contenders);
    Collections.rotate(rotated, -by);
    return rotated;
  }

  private Contender.Pass pass(Contender contender) throws InterruptedException {
    servers.redis().flush();
    var pass = contender.copy(servers, Watcher.NONE);
    servers.requireAllWarm(contender.name(), 0);
    return pass;
  }

  private List<Duration> small() throws InterruptedException {
    var arguments = Stream.concat(servers.addresses().stream(), Stream.of("repeat")).toList();
    return ChildJvm.run(StokerCopy.OPTIONS, SessionsChild.class, arguments, Watcher.NONE)
        .report()
        .durations(ChildReport.TOOK);
  }

  private List<Duration> idle() throws InterruptedException {
    servers.redis().flush();
    try (var probe = LatencyProbe.of(servers.redis())) {
      probe.begun();
      Time.system().pause(IDLE);
      probe.ended();
      return probe.latencies();
    }
  }

  private List<Duration> probed(Contender contender) throws InterruptedException {
    servers.redis().flush();
    try (var probe = LatencyProbe.of(servers.redis())) {
      contender.copy(servers, probe);
      servers.requireAllWarm(contender.name(), LatencyProbe.KEYS);
      return probe.latencies();
    }
  }

  private static void say(String line) {
    System.err.println(line);
  }
}
