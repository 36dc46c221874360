package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.WarmOutcome;
import java.util.List;

/// The cache that a warm run writes to. Thread-safe.
public interface SessionTarget {

  /// Takes the next [Fence], before reading the sessions to write.
  ///
  /// @throws StokerException if the cache fails
  Fence fence();

  /// Writes entries, each with its TTL in a single command.
  ///
  /// @return an outcome for each write, in the same order; a write without an acknowledgement is
  ///   failed
  List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode);

  /// Counts the keys that a reader would find now, by the reader's own steps.
  ///
  /// @throws StokerException if the cache fails
  int countFindable(List<SessionKey> keys);
}
