package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies the most recently active login sessions from the source to the cache, so that the first
/// requests after a deploy or a Redis restart hit.
///
/// A run takes the lease shared by all nodes, reads the sessions hottest first, writes each with
/// its TTL, counts every reply, looks up a sample the way a reader does, and reports. Failures of
/// the source and the cache are never thrown: the report says how the run ended and why.
/// Interrupting the thread cancels its run; the thread stays interrupted. Thread-safe; of two
/// concurrent runs on one lock the second is skipped.
public final class SessionWarmer {

  private static final Logger LOG = LoggerFactory.getLogger(SessionWarmer.class);

  /// How long a node that dies during a run blocks others.
  private static final Duration LEASE = Duration.ofSeconds(30);

  /// How long to wait for a chunk before checking the deadline and cancellation.
  private static final Duration CHUNK_TIMEOUT = Duration.ofMillis(50);

  private final SessionSource source;
  private final SessionTarget target;
  private final WarmLock lock;
  private final Time time;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Set<SessionRun> running = ConcurrentHashMap.newKeySet();

  /// A warmer from `source` to `target`; of the nodes that share `lock`, one warms at a time.
  public SessionWarmer(SessionSource source, SessionTarget target, WarmLock lock, Time time) {
    this.source = source;
    this.target = target;
    this.lock = lock;
    this.time = time;
  }

  /// Runs on the calling thread.
  public SessionReport warm(SessionPlan plan) {
    return warm(plan, SessionEvents.none());
  }

  /// Runs on the calling thread, and reports progress to `events`.
  public SessionReport warm(SessionPlan plan, SessionEvents events) {
    var run = new SessionRun(plan, events.guarded(), time, random);
    running.add(run);
    try {
      copyAndVerify(run);
    } catch (StokerException e) {
      run.fail(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      running.remove(run);
    }
    return end(run);
  }

  private void copyAndVerify(SessionRun run) throws InterruptedException {
    // An interrupted virtual thread could take the lease without receiving the reply.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var retries = new CacheRetries(run, target, time);
    if (run.plan().dryRun()) {
      var _ = copy(run, Fence.FIRST, retries, _ -> false);
      return;
    }
    copyUnderLease(run, retries);
    if (run.isVerifiable()) {
      var sample = run.sample();
      run.verified(sample.isEmpty() ? 0 : retries.ask(() -> target.countFindable(sample)));
    }
  }

  private void copyUnderLease(SessionRun run, CacheRetries retries) throws InterruptedException {
    var lease = lock.take(LEASE);
    if (lease.isEmpty()) {
      run.skip();
      return;
    }
    try (var renewed = RenewedLease.start(lease.get(), LEASE, time, run::leaseLost)) {
      Check emptied =
          atEnd -> {
            if (atEnd) {
              renewed.renewNow();
            }
            return isEmptied(run, renewed, retries);
          };
      while (!copy(run, retries.ask(target::fence), retries, emptied)) {
        run.startOver();
      }
      if (run.isComplete()) {
        mark(run);
      }
    } catch (StokerException e) {
      run.fail(e);
    }
  }

  /// Whether the cache appears to have been emptied. At the end of a run, the lease is renewed
  /// first to make sure.
  private interface Check {
    boolean holds(boolean atEnd) throws InterruptedException;
  }

  /// Whether the cache was emptied since the last call: both the lease and the warmed entries are
  /// gone. A lease alone may have expired or been evicted.
  private boolean isEmptied(SessionRun run, RenewedLease lease, CacheRetries retries)
      throws InterruptedException {
    if (!lease.wasGone() || !run.mayStartOver()) {
      return false;
    }
    var sample = run.cachedSample();
    if (sample.isEmpty()) {
      return run.plan().sampleSize() == 0;
    }
    int found = retries.ask(() -> target.countFindable(sample));
    boolean emptied = found < SessionRules.TARGET * sample.size();
    if (emptied) {
      LOG.warn(
          "The warming lock is gone, and of {} warmed sessions {} are found: the cache was emptied,"
              + " and the run starts over",
          sample.size(),
          found);
    }
    return emptied;
  }

  /// @return false if the cache was emptied, and the run has to start over
  private boolean copy(SessionRun run, Fence fence, CacheRetries retries, Check emptied)
      throws InterruptedException {
    try (var cursor = source.read(run.plan().query(), fence)) {
      while (run.mayContinue()) {
        if (emptied.holds(false)) {
          return false;
        }
        var chunk = cursor.next(CHUNK_TIMEOUT);
        if (chunk.isEmpty()) {
          if (emptied.holds(true)) {
            return false;
          }
          run.complete();
          return true;
        }
        var writes = run.writes(chunk.get());
        if (!run.plan().dryRun()) {
          retries.write(writes);
        }
        run.pace();
      }
    }
    return true;
  }

  /// Marks the cache as warm for the other nodes, unless an existing marker covers more than this
  /// run. Without the marker, some node warms once more than necessary. A migration that has copied
  /// nothing, or not everything, is not over.
  private void mark(SessionRun run) {
    if (run.plan().isMigration() && !run.isDone()) {
      return;
    }
    try {
      var mark = run.mark(time.now());
      if (lock.mark().stream().allMatch(mark::covers)) {
        lock.mark(mark, run.plan().warmFor());
      }
    } catch (StokerException e) {
      LOG.warn("Could not mark the cache as warm: {}", e.getMessage());
    }
  }

  /// Listeners run with the interrupt flag cleared, since it would close the sockets that they use.
  private static SessionReport end(SessionRun run) {
    boolean interrupted = Thread.interrupted();
    if (interrupted) {
      run.interrupted();
    }
    var report = run.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return report;
  }

  /// Counts the sessions that a run with this plan would select, without changing anything.
  ///
  /// @throws StokerException if the source fails
  public SessionEstimate estimate(SessionPlan plan) {
    return source.estimate(plan.query());
  }

  /// Cancels the current runs, if any, after their current chunks.
  public void cancel() {
    running.forEach(SessionRun::cancel);
  }
}
