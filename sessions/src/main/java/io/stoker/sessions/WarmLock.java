package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Coordinates the nodes that warm the same cache: a lease for the right to warm, and a marker that
/// the cache is warm.
///
/// Thread-safe. Every method throws [StokerException] if the cache fails.
public interface WarmLock {

  /// Takes the lease, if no node has it.
  ///
  /// @param length when it expires unless renewed; a node that dies blocks others for this long
  /// @return the lease; empty if another node has it
  Optional<Lease> take(Duration length);

  /// The marker of the last complete run; empty if it has expired or the cache was emptied since.
  Optional<Mark> mark();

  /// Replaces the marker with one that expires after `life`.
  void mark(Mark mark, Duration life);

  /// What became of a lease that was to be extended.
  enum Renewal {
    /// It lasts longer now.
    EXTENDED,
    /// It was gone, since it had run out or the cache was emptied, and was taken anew.
    TAKEN_ANEW,
    /// Another node has it.
    LOST
  }

  /// The right to warm until it expires. Thread-safe.
  interface Lease {

    /// Extends the lease to `length` from now, and takes it anew if no node has it.
    Renewal renew(Duration length);

    /// Ends the lease; does nothing if it was lost.
    void release();
  }

  /// The marker that a complete run leaves in the cache.
  ///
  /// @param since when the run ended
  /// @param limit how many of the most recently active sessions were warmed; [SessionPlan#ALL] for
  ///   every eligible one
  /// @param activeWithin how recent their last activity was
  record Mark(Instant since, long limit, Duration activeWithin) {

    /// Whether a run by this plan would warm nothing more.
    boolean covers(SessionPlan plan) {
      return limit >= plan.limit() && activeWithin.compareTo(plan.activeWithin()) >= 0;
    }

    /// Whether this marker covers at least as much as another.
    boolean covers(Mark other) {
      return limit >= other.limit && activeWithin.compareTo(other.activeWithin) >= 0;
    }
  }
}
