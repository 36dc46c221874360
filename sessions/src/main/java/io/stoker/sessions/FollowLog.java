package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What nodes that follow the same source share in the cache: which of them follows, and how far
/// the cache has come.
///
/// The cache's own record of its position tells when it has lost what it had acknowledged: it is
/// then behind the slot's. Thread-safe. Every method throws [StokerException] if the cache does not
/// answer or refuses.
public interface FollowLog {

  /// Whether a node has the lease.
  boolean isLeased();

  /// Takes the lease, whoever has it.
  WarmLock.Lease seize(Duration length);

  /// What was written last; nothing if that is gone.
  Optional<Progress> progress();

  /// Replaces what was written last.
  void write(Progress progress);

  /// How far the cache has come.
  ///
  /// @param position up to where in the source's log everything is in the cache
  /// @param incomplete whether a full run is due
  /// @param lag how long the last changes took from their commit to the cache
  /// @param at when it was written
  record Progress(long position, boolean incomplete, Duration lag, Instant at) {}
}
