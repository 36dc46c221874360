package io.stoker.sessions;

import java.time.Duration;
import java.util.Optional;

/// What nodes that warm the same cache share: whose turn it is, and since when the cache is warm.
///
/// Thread-safe. Every method throws [StokerException] if the cache does not answer or refuses.
public interface WarmLock {

  /// Takes the turn if no node has it.
  ///
  /// @param lease how long it holds unless renewed; a node that dies keeps others waiting this long
  /// @return what to release it with; nothing if another node has the turn
  Optional<Turn> take(Duration lease);

  /// What the last complete run left; nothing if that is too long ago to matter or if the cache has
  /// been emptied since.
  Optional<WarmMark> mark();

  /// Leaves a mark for as long as `life`, in place of the last one.
  void mark(WarmMark mark, Duration life);

  /// A turn that was taken. Thread-safe.
  interface Turn {

    /// Holds the turn for another lease; false if it was lost meanwhile.
    boolean renew(Duration lease);

    /// Gives the turn back; does nothing if it was lost meanwhile.
    void release();
  }
}
