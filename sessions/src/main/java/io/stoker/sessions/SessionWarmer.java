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
/// A run takes the turn among all nodes, reads the sessions hottest first, writes each with its
/// TTL, accounts for every reply, looks a sample up by the reader's own path, and reports. Trouble
/// outside is never thrown: the report says how the run ended and why. An interrupted thread ends
/// its run as cancelled and stays interrupted. Thread-safe; of two runs on one lock the second is
/// skipped.
public final class SessionWarmer {

  private static final Logger LOG = LoggerFactory.getLogger(SessionWarmer.class);

  /// How long a node that dies in the middle keeps others from warming.
  private static final Duration LEASE = Duration.ofSeconds(30);

  /// How long to wait for a batch before looking at deadline and cancellation again.
  private static final Duration PATIENCE = Duration.ofMillis(50);

  private final SessionSource source;
  private final SessionTarget target;
  private final WarmLock lock;
  private final Time time;
  private final RandomGenerator random;
  private final Set<SessionRun> going = ConcurrentHashMap.newKeySet();

  /// A warmer from `source` to `target`; nodes that share the lock take turns.
  public SessionWarmer(SessionSource source, SessionTarget target, WarmLock lock, Time time) {
    this.source = source;
    this.target = target;
    this.lock = lock;
    this.time = time;
    this.random = RandomGenerator.getDefault();
  }

  /// Warms, on the calling thread.
  public SessionReport warm(SessionPlan plan) {
    return warm(plan, SessionEvents.none());
  }

  /// Warms, on the calling thread, and tells `events` how it goes.
  public SessionReport warm(SessionPlan plan, SessionEvents events) {
    var run = new SessionRun(plan, events.guarded(), time, random);
    going.add(run);
    try {
      // An interrupted virtual thread could take the lock without learning that it has it.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (plan.dryRun()) {
        copy(run);
      } else {
        copyInTurn(run);
        verify(run);
      }
    } catch (StokerException e) {
      run.broken(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      going.remove(run);
    }
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

  /// Counts what a run with this plan would take, and changes nothing.
  ///
  /// @throws StokerException if the source does not answer or refuses
  public SessionEstimate estimate(SessionPlan plan) {
    return source.estimate(plan.query());
  }

  /// Asks the run that is going on, if any, to stop after the batch at hand.
  public void cancel() {
    going.forEach(SessionRun::cancel);
  }

  private void copyInTurn(SessionRun run) throws InterruptedException {
    var turn = lock.take(LEASE);
    if (turn.isEmpty()) {
      run.skip();
      return;
    }
    try (var _ = HeldTurn.keep(turn.get(), LEASE, time, run::loseTurn)) {
      copy(run);
      if (run.isComplete()) {
        mark(run);
      }
    } catch (StokerException e) {
      run.broken(e);
    }
  }

  /// Tells the other nodes, unless more than this run's sessions are marked as warm already.
  /// Without the mark some node warms once more than it must; what was warmed is warm all the same.
  private void mark(SessionRun run) {
    try {
      var mark = run.mark(time.now());
      if (lock.mark().stream().allMatch(mark::covers)) {
        lock.mark(mark, run.plan().warmFor());
      }
    } catch (StokerException e) {
      LOG.warn("The cache does not know that it is warm: {}", e.getMessage());
    }
  }

  private void copy(SessionRun run) throws InterruptedException {
    var fence = run.plan().dryRun() ? Fence.FIRST : target.fence();
    try (var reading = source.read(run.plan().query(), fence)) {
      while (run.goesOn()) {
        var batch = reading.next(PATIENCE);
        if (batch.isEmpty()) {
          run.complete();
          return;
        }
        var writes = run.writes(batch.get());
        if (!run.plan().dryRun()) {
          run.count(writes, target.putAll(writes, run.plan().mode()));
        }
        run.pace();
      }
    }
  }

  private void verify(SessionRun run) {
    if (!run.sample().isEmpty()) {
      run.verified(target.countFindable(run.sample()));
    }
  }
}
