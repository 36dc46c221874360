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

/// A question to another system, asked on a thread of its own, so that nobody waits long for a
/// system that hangs. One answer serves all who ask while it is fresh. Thread-safe.
final class CachedProbe<T> {

  private static final Logger LOG = LoggerFactory.getLogger(CachedProbe.class);

  /// How old what was found may be while a newer look goes on; after that nothing is known.
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /// How much longer than it takes a look serves, so that looking costs a tenth of a thread.
  private static final int RESTS = 9;

  private final String name;
  private final Duration fresh;
  private final Supplier<T> question;
  private final Time time;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private boolean looking;
  private @Nullable Found<T> latest;

  /// @param name who is asked, at the beginning of a sentence
  /// @param fresh how long an answer serves at least
  CachedProbe(String name, Duration fresh, Supplier<T> question, Time time) {
    this.name = name;
    this.fresh = fresh;
    this.question = question;
    this.time = time;
  }

  /// What came of it.
  ///
  /// @param value null if there is none
  /// @param trouble why there is none; empty if there is one
  record ProbeResult<T>(@Nullable T value, String trouble) {

    /// The trouble, if there is any.
    Optional<String> problem() {
      return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }
  }

  private record Found<T>(ProbeResult<T> seen, Duration at, Duration goodFor) {}

  /// Begins to look, unless what is known is fresh or somebody is looking.
  void begin() {
    lock.lock();
    try {
      if (!looking && !isFresh()) {
        looking = true;
        BackgroundTask.start("stoker-look", this::look);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isFresh() {
    var known = latest;
    return known != null && time.ticks().minus(known.at).compareTo(known.goodFor) < 0;
  }

  private void look() {
    var began = time.ticks();
    var seen = new ProbeResult<T>(null, name + " could not be asked. The log says why");
    try {
      seen = new ProbeResult<>(question.get(), "");
    } catch (StokerException e) {
      seen = new ProbeResult<>(null, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("An overview probe failed: internal error", e);
    } finally {
      end(seen, time.ticks().minus(began));
    }
  }

  private void end(ProbeResult<T> seen, Duration took) {
    lock.lock();
    try {
      var rest = took.multipliedBy(RESTS);
      latest = new Found<>(seen, time.ticks(), rest.compareTo(fresh) > 0 ? rest : fresh);
      looking = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What is known once a look that goes on has ended, or after `patience`.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  ProbeResult<T> after(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (looking && left > 0) {
        left = ended.awaitNanos(left);
      }
      var known = latest;
      if (known == null || (looking && time.ticks().minus(known.at).compareTo(LONGEST) > 0)) {
        return new ProbeResult<>(
            null, name + " does not answer. Is it overloaded, or the network down?");
      }
      return known.seen;
    } finally {
      lock.unlock();
    }
  }
}
