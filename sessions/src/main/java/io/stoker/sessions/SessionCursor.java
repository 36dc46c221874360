package io.stoker.sessions;

import io.stoker.StokerException;
import java.time.Duration;
import java.util.Optional;

/// A cursor over the sessions of a query, the most recently active first, in chunks. Confined to
/// one thread.
public interface SessionCursor extends AutoCloseable {

  /// Returns the next chunk: one without entries if none arrives within `timeout`, so that the
  /// caller can check its deadline, and empty at the end.
  ///
  /// @throws StokerException if the source fails; chunks returned before stay valid
  /// @throws InterruptedException if the thread is interrupted while it waits
  Optional<SessionChunk> next(Duration timeout) throws InterruptedException;

  /// Stops reading, even in the middle, and releases the connection.
  @Override
  void close();
}
