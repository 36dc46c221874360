package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What nodes that warm the same cache share: which of them may warm, and since when the cache is
/// warm.
///
/// Thread-safe. Every method throws [StokerException] if the cache does not answer or refuses.
public interface WarmLock {

  /// Takes the lease if no node has it.
  ///
  /// @param length how long it lasts unless renewed; a node that dies keeps others waiting this
  ///   long
  /// @return the lease; nothing if another node has it
  Optional<Lease> take(Duration length);

  /// What the last complete run left; nothing if that is too long ago to matter or if the cache has
  /// been emptied since.
  Optional<Mark> mark();

  /// Leaves a mark for as long as `life`, in place of the last one.
  void mark(Mark mark, Duration life);

  /// The right to warm, for a while. Thread-safe.
  interface Lease {

    /// Extends the lease to `length` from now; false if it was lost meanwhile.
    boolean renew(Duration length);

    /// Ends the lease; does nothing if it was lost meanwhile.
    void release();
  }

  /// What a complete run leaves in the cache, for others to see that it is warm.
  ///
  /// @param since when the run ended
  /// @param limit how many of the most recently active sessions are there; [SessionPlan#ALL] if the
  ///   run took every eligible one
  /// @param activeWithin how long ago their last activity may have been
  record Mark(Instant since, long limit, Duration activeWithin) {

    /// Whether all that a run by this plan would warm is there.
    boolean covers(SessionPlan plan) {
      return limit >= plan.limit() && activeWithin.compareTo(plan.activeWithin()) >= 0;
    }

    /// Whether all that the other stands for is there.
    boolean covers(Mark other) {
      return limit >= other.limit && activeWithin.compareTo(other.activeWithin) >= 0;
    }
  }
}
