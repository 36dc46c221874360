package io.stoker.server.overview;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A read from another system whose result is cached. It runs on its own thread, so that callers do
/// not wait long for a system that hangs. Thread-safe.
final class CachedProbe<T> {

  private static final Logger LOG = LoggerFactory.getLogger(CachedProbe.class);

  /// The maximum age of a result that is served while a newer read is in progress.
  private static final Duration MAX_STALE = Duration.ofSeconds(10);

  /// A result is fresh for at least nine times the duration of its read, so that a slow system is
  /// read at most a tenth of the time.
  private static final int DURATION_FACTOR = 9;

  private final String name;
  private final Duration timeToLive;
  private final Supplier<T> read;
  private final Time time;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private boolean reading;
  private @Nullable Cached<T> latest;

  /// @param name the system, as the beginning of a message
  /// @param timeToLive how long a result is fresh at least
  CachedProbe(String name, Duration timeToLive, Supplier<T> read, Time time) {
    this.name = name;
    this.timeToLive = timeToLive;
    this.read = read;
    this.time = time;
  }

  /// The result of a read: a value or a problem.
  ///
  /// @param value null if the read failed
  record ProbeResult<T>(@Nullable T value, Optional<String> problem) {}

  private record Cached<T>(ProbeResult<T> result, Duration at, Duration timeToLive) {}

  /// Starts a read, unless the cached result is fresh or a read is in progress.
  void start() {
    lock.lock();
    try {
      if (!reading && !isFresh()) {
        reading = true;
        BackgroundTask.start("stoker-probe", this::read);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isFresh() {
    var cached = latest;
    return cached != null && time.ticks().minus(cached.at).compareTo(cached.timeToLive) < 0;
  }

  private void read() {
    var began = time.ticks();
    ProbeResult<T> result = failed(name + " could not be read. See the log");
    try {
      result = new ProbeResult<>(read.get(), Optional.empty());
    } catch (StokerException e) {
      result = failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("An overview probe failed: internal error", e);
    } finally {
      end(result, time.ticks().minus(began));
    }
  }

  private static <T> ProbeResult<T> failed(String problem) {
    return new ProbeResult<>(null, Optional.of(problem));
  }

  private void end(ProbeResult<T> result, Duration took) {
    lock.lock();
    try {
      var slow = took.multipliedBy(DURATION_FACTOR);
      latest =
          new Cached<>(result, time.ticks(), slow.compareTo(timeToLive) > 0 ? slow : timeToLive);
      reading = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a read in progress, at most for `timeout`, and returns the latest result.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  ProbeResult<T> await(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long left = timeout.toNanos();
      while (reading && left > 0) {
        left = ended.awaitNanos(left);
      }
      var cached = latest;
      if (cached == null || (reading && time.ticks().minus(cached.at).compareTo(MAX_STALE) > 0)) {
        return failed(name + " does not answer. Check whether it is overloaded or unreachable");
      }
      return cached.result;
    } finally {
      lock.unlock();
    }
  }
}
