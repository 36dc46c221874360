package io.stoker.sessions;

import java.time.Duration;
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
  Optional<WarmMark> mark();

  /// Leaves a mark for as long as `life`, in place of the last one.
  void mark(WarmMark mark, Duration life);

  /// The right to warm, for a while. Thread-safe.
  interface Lease {

    /// Extends the lease to `length` from now; false if it was lost meanwhile.
    boolean renew(Duration length);

    /// Ends the lease; does nothing if it was lost meanwhile.
    void release();
  }
}
