package io.stoker.sessions;

import io.stoker.StokerException;
import java.time.Duration;
import java.util.Optional;

/// The source's sessions for one run, hottest first, chunk by chunk. Confined to one thread.
public interface SessionCursor extends AutoCloseable {

  /// The next chunk; one without entries if none has arrived within `timeout`, so that the caller
  /// can check its deadline; nothing when all have been read.
  ///
  /// @throws StokerException if the source fails; sessions handed out before stay valid
  /// @throws InterruptedException if the thread is interrupted while it waits
  Optional<SessionChunk> next(Duration timeout) throws InterruptedException;

  /// Stops reading, also in the middle, and releases the connection.
  @Override
  void close();
}
