package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.WarmOutcome;
import java.util.List;

/// The cache as a warm run sees it. Thread-safe.
public interface SessionTarget {

  /// The next [Fence], to be taken before reading what will be written.
  ///
  /// @throws StokerException if the cache does not answer or refuses
  Fence fence();

  /// Writes entries, each together with its TTL in one command, and accounts for every one of them.
  ///
  /// @return an outcome for each write, in the same order; an entry without an acknowledgement is
  ///   failed
  List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode);

  /// How many of these keys a reader would find now, by the same steps as the reader itself.
  ///
  /// @throws StokerException if the cache does not answer or refuses
  int countFindable(List<SessionKey> keys);
}
