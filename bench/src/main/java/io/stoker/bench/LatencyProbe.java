package io.stoker.bench;

import io.stoker.Time;
import io.stoker.testing.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/// Measures an application's look-ups during something else: GETs of existing keys on a separate
/// connection, one per millisecond.
///
/// Latency is measured from the scheduled time, so that a slow GET also counts for those delayed
/// behind it, as an application's users would notice.
final class LatencyProbe implements Contender.Watcher, AutoCloseable {

  /// How many keys are read in turn.
  static final int KEYS = 10_000;

  static final int PER_SECOND = 1000;

  private static final Duration BETWEEN = Duration.ofSeconds(1).dividedBy(PER_SECOND);

  private final Time time = Time.system();
  private final List<Duration> latencies = new ArrayList<>();
  private final Jedis jedis;
  private final Thread thread = new Thread(this::run, "bench-probe");
  private volatile @Nullable Duration end;
  private volatile @Nullable RuntimeException failure;

  private LatencyProbe(Jedis jedis) {
    this.jedis = jedis;
  }

  /// Writes the keys, and connects.
  static LatencyProbe of(RealRedis redis) {
    var jedis = redis.jedis();
    var value = "x".repeat(700);
    try (var pipeline = jedis.pipelined()) {
      for (int i = 0; i < KEYS; i++) {
        pipeline.set(key(i), value);
      }
    }
    return new LatencyProbe(jedis);
  }

  /// Starts the GETs.
  @Override
  public void begun() {
    thread.start();
  }

  /// Stops the GETs.
  @Override
  public void ended() {
    end = time.ticks();
  }

  /// The latencies of all GETs, after the last one has ended.
  List<Duration> latencies() throws InterruptedException {
    thread.join();
    var met = failure;
    if (met != null) {
      throw new IllegalStateException("The probe failed: " + met.getMessage(), met);
    }
    return List.copyOf(latencies);
  }

  private void run() {
    try {
      var next = time.ticks();
      for (int i = 0; isBefore(next, end); i++) {
        await(next);
        if (jedis.get(key(i % KEYS)) == null) {
          throw new IllegalStateException(key(i % KEYS) + " is gone");
        }
        latencies.add(time.ticks().minus(next));
        next = next.plus(BETWEEN);
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private static boolean isBefore(Duration moment, @Nullable Duration end) {
    return end == null || moment.compareTo(end) < 0;
  }

  private void await(Duration moment) {
    var left = moment.minus(time.ticks());
    while (left.isPositive()) {
      LockSupport.parkNanos(left.toNanos());
      left = moment.minus(time.ticks());
    }
  }

  private static String key(int i) {
    return "probe:" + i;
  }

  @Override
  public void close() {
    ended();
    jedis.close();
  }
}
