package io.stoker.bench;

import io.stoker.Time;
import io.stoker.prompts.StokerTimerSet;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The child JVM that benchmarks one timer implementation.
///
/// Arguments: the implementation, and the number of timers.
public final class TimersChild {

  /// Stoker's timers.
  static final String STOKER = "stoker";

  /// Netty's hashed wheel.
  static final String NETTY = "netty";

  /// The JDK's scheduled thread pool.
  static final String POOL = "pool";

  /// Nanoseconds to set each timer once.
  static final String SET = "set";

  /// Nanoseconds to reset each timer; reported many times.
  static final String SET_AGAIN = "set-again";

  /// Nanoseconds of processor time for that, of all threads; reported as often.
  static final String SET_AGAIN_CPU = "set-again-cpu";

  /// Bytes of all records with a timer.
  static final String WITH_TIMERS = "with-timers";

  /// Bytes of as many records without timers.
  static final String WITHOUT_TIMERS = "without-timers";

  /// Bytes of all records with a timer, after many resets.
  static final String WITH_TIMERS_LATER = "with-timers-later";

  private static final int WARM_UPS = 2;
  private static final int PASSES = 5;
  private static final long STEP = 7_919;
  private static final Duration TICK = Duration.ofMillis(20);
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /// The range of delays, long after the end of the benchmark.
  private static final long LEAST = Duration.ofSeconds(200).toMillis();

  private static final long MOST = Duration.ofSeconds(320).toMillis();

  private final Time time = Time.system();
  private final SplittableRandom random = new SplittableRandom(20_260_301);
  private final int count;

  /// The delay of each timer, allocated up front so that it does not affect the measurements.
  private final Duration[] after;

  private TimersChild(int count) {
    this.count = count;
    this.after =
        random.longs(count, LEAST, MOST).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }

  /// Measures, and reports to the parent.
  public static void main(String[] args) throws InterruptedException {
    var child = new TimersChild(Integer.parseInt(args[1]));
    try (var alarms = alarms(args[0])) {
      child.run(alarms);
    }
  }

  private static TimerSet alarms(String kind) {
    return switch (kind) {
      case STOKER -> new StokerTimerSet(TICK);
      case NETTY -> new NettyTimerSet(TICK);
      case POOL -> new ExecutorTimerSet();
      default -> throw new IllegalArgumentException("there are no timers of kind " + kind);
    };
  }

  /// A record without a timer.
  private record Plain(int number) {}

  private void run(TimerSet alarms) throws InterruptedException {
    alarms.prepare(1);
    alarms.set(0, Duration.ofMillis(MOST)); // triggers lazy initialization
    time.pause(SETTLING);
    long nothing = Heap.settled();
    measurePlain(nothing);
    alarms.prepare(count);
    var start = time.ticks();
    setAll(alarms);
    ChildReport.print(SET, time.ticks().minus(start));
    requireAll(alarms);
    time.pause(SETTLING);
    ChildReport.print(WITH_TIMERS, Heap.settled() - nothing);
    for (int i = 0; i < WARM_UPS + PASSES; i++) {
      setAgain(alarms, i >= WARM_UPS);
    }
    requireAll(alarms);
    ChildReport.print(WITH_TIMERS_LATER, Heap.settled() - nothing);
  }

  private void measurePlain(long nothing) throws InterruptedException {
    var plain = IntStream.range(0, count).mapToObj(Plain::new).toArray(Plain[]::new);
    try {
      ChildReport.print(WITHOUT_TIMERS, Heap.settled() - nothing);
    } finally {
      Reference.reachabilityFence(plain);
    }
  }

  /// Resets with new random delays, in random order.
  private void setAgain(TimerSet alarms, boolean report) throws InterruptedException {
    shuffle();
    long processor = ChildReport.processorTime();
    var start = time.ticks();
    setAll(alarms);
    var took = time.ticks().minus(start);
    time.pause(SETTLING); // some implementations defer work to another thread
    if (report) {
      ChildReport.print(SET_AGAIN, took);
      ChildReport.print(SET_AGAIN_CPU, ChildReport.processorTime() - processor);
    }
  }

  private void setAll(TimerSet alarms) {
    // A prime step that does not divide the count visits each record once, scattered over memory.
    long step = count % STEP == 0 ? 1 : STEP;
    long record = 0;
    for (int i = 0; i < count; i++) {
      alarms.set((int) record, after[i]);
      record = (record + step) % count;
    }
  }

  private void requireAll(TimerSet alarms) {
    if (alarms.size() < count) {
      throw new IllegalStateException(
          "expected " + count + " timers to be set, got " + alarms.size());
    }
  }

  private void shuffle() {
    for (int i = after.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      var swapped = after[i];
      after[i] = after[j];
      after[j] = swapped;
    }
  }
}
