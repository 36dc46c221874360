package io.stoker.bench;

import io.stoker.bench.Contender.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Benchmarks how many conversations can be kept warm, how punctually, and how soon subscribers see
/// a change.
final class PromptsBench {

  /// The whole heap from the start, so that it never has to grow.
  private static final List<String> ROOMY =
      List.of("-Xms6g", "-Xmx6g", "--enable-native-access=ALL-UNNAMED");

  private final Options options;

  private PromptsBench(Options options) {
    this.options = options;
  }

  /// How much to measure.
  ///
  /// @param conversations the number of conversations, and of timers
  /// @param seconds how long warms and updates are measured
  /// @param rounds how often each timer implementation is measured
  record Options(int conversations, int seconds, int rounds) {

    /// The options that the printed targets apply to.
    static final Options STANDARD = new Options(1_000_000, 60, 3);

    Options {
      if (conversations < 1000) {
        throw new IllegalArgumentException(
            "expected at least 1000 conversations, got " + conversations);
      }
      if (seconds < 5 || seconds > 280) {
        throw new IllegalArgumentException("expected 5 to 280 seconds, got " + seconds);
      }
      if (rounds < 1) {
        throw new IllegalArgumentException("expected at least 1 round, got " + rounds);
      }
    }

    Options withConversations(int other) {
      return new Options(other, seconds, rounds);
    }

    Options withSeconds(int other) {
      return new Options(conversations, other, rounds);
    }

    Options withRounds(int other) {
      return new Options(conversations, seconds, other);
    }

    /// One per 500 conversations, up to what a process may open.
    int sockets() {
      return Math.clamp(conversations / 5_000L * 10, 20, 2_000);
    }

    String command() {
      return "./stoker bench prompts --conversations "
          + conversations
          + " --seconds "
          + seconds
          + " --rounds "
          + rounds;
    }
  }

  /// The measurements.
  ///
  /// @param warmth with a store in memory
  /// @param restored the time from the start of the warmer until every timer is set, with a store
  ///   in SQLite
  record Results(
      List<Timers> timers, Warmth warmth, Duration restored, SocketsBench.Results sockets) {}

  /// The measurements of one timer implementation; each list has at least one value per round.
  ///
  /// @param kind its name in [TimersChild]
  /// @param setPerSecond timers set for the first time
  /// @param againPerSecond timers reset
  /// @param againProcessor nanoseconds of processor time, of all threads, per reset
  /// @param bytes the size of a timer, without its record
  /// @param bytesLater the same after all were reset many times
  record Timers(
      String name,
      String kind,
      List<Double> setPerSecond,
      List<Double> againPerSecond,
      List<Double> againProcessor,
      List<Double> bytes,
      List<Double> bytesLater) {}

  /// The measurements of keeping conversations warm; bytes are per conversation.
  ///
  /// @param store the memory of a store in memory
  /// @param warmer the memory of the warmer
  /// @param restored the time from the start of the warmer until every timer is set
  /// @param processor the share of a core used while warming
  /// @param lost cold conversations and failed warms
  /// @param evicted warms that found their entry evicted
  record Warmth(
      double store,
      double warmer,
      Duration restored,
      double processor,
      long due,
      long came,
      long lost,
      long evicted,
      Late late) {}

  /// The lateness of warms.
  record Late(Duration p50, Duration p99, Duration most) {}

  /// Measures, and returns the page.
  static String run(Options options) throws InterruptedException {
    var machine = Machine.here();
    return new PromptsPage(options, machine, new PromptsBench(options).measure()).toString();
  }

  private Results measure() throws InterruptedException {
    var timers =
        List.of(
            timers("Stoker", TimersChild.STOKER),
            timers("Netty's HashedWheelTimer", TimersChild.NETTY),
            timers("the JDK's ScheduledThreadPoolExecutor", TimersChild.POOL));
    for (int round = 1; round <= options.rounds(); round++) {
      for (var kind : timers) {
        measure(kind);
      }
      say("Timers: round %d of %d".formatted(round, options.rounds()));
    }
    say("CacheLifetime warm ...");
    var warmth = warmth();
    say("Restoring from SQLite ...");
    var restored = restored();
    say("Sockets ...");
    var sockets = SocketsBench.run(options.sockets(), options.seconds());
    return new Results(timers, warmth, restored, sockets);
  }

  private static Timers timers(String name, String kind) {
    return new Timers(
        name,
        kind,
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>());
  }

  private void measure(Timers timers) throws InterruptedException {
    double count = options.conversations();
    var report = child(TimersChild.class, timers.kind(), options.conversations());
    timers.setPerSecond().add(count / Statistics.seconds(report.duration(TimersChild.SET)));
    for (var took : report.durations(TimersChild.SET_AGAIN)) {
      timers.againPerSecond().add(count / Statistics.seconds(took));
    }
    for (var processor : report.durations(TimersChild.SET_AGAIN_CPU)) {
      timers.againProcessor().add(processor.toNanos() / count);
    }
    long without = number(report, TimersChild.WITHOUT_TIMERS);
    timers.bytes().add((number(report, TimersChild.WITH_TIMERS) - without) / count);
    timers.bytesLater().add((number(report, TimersChild.WITH_TIMERS_LATER) - without) / count);
  }

  private Warmth warmth() throws InterruptedException {
    double count = options.conversations();
    var report =
        child(
            KeepWarmChild.class, KeepWarmChild.MEMORY, options.conversations(), options.seconds());
    return new Warmth(
        number(report, KeepWarmChild.STORE) / count,
        number(report, KeepWarmChild.WARMER) / count,
        report.duration(KeepWarmChild.RESTORED),
        number(report, ChildReport.CPU) / (double) report.duration(ChildReport.TOOK).toNanos(),
        number(report, KeepWarmChild.DUE),
        number(report, KeepWarmChild.CAME),
        number(report, KeepWarmChild.LOST),
        number(report, KeepWarmChild.EVICTED),
        new Late(
            report.duration(KeepWarmChild.LATE_P50),
            report.duration(KeepWarmChild.LATE_P99),
            report.duration(KeepWarmChild.LATE_MOST)));
  }

  private Duration restored() throws InterruptedException {
    try (var scratch = TempFolder.make()) {
      var file = scratch.folder().resolve("conversations.db");
      return child(KeepWarmChild.class, file, options.conversations(), 0)
          .duration(KeepWarmChild.RESTORED);
    }
  }

  private static ChildReport child(Class<?> main, Object... arguments) throws InterruptedException {
    var words = Stream.of(arguments).map(Object::toString).toList();
    return ChildJvm.run(ROOMY, main, words, Watcher.NONE).report();
  }

  private static long number(ChildReport report, String name) {
    return report.number(name).orElseThrow();
  }

  private static void say(String line) {
    System.err.println(line);
  }
}
