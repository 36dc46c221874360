package io.stoker.sessions;

import io.stoker.StokerException;
import java.time.Duration;
import java.util.Optional;

/// A run's way through the source's sessions, hottest first. Confined to one thread.
public interface SessionReading extends AutoCloseable {

  /// The next batch; one without entries if none has arrived within `patience`, so that the caller
  /// can look at its deadline; nothing when all have been read.
  ///
  /// @throws StokerException if the source fails; sessions handed out before stay valid
  /// @throws InterruptedException if the thread is interrupted while it waits
  Optional<SessionBatch> next(Duration patience) throws InterruptedException;

  /// Stops reading, also in the middle, and lets go of the connection.
  @Override
  void close();
}
