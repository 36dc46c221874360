package io.stoker.sessions;

import java.time.Duration;

/// An entry to write, with its TTL.
///
/// @param timeToLive at least a second: no entry is ever written without a TTL
public record SessionWrite(SessionEntry entry, Duration timeToLive) {

  /// Rejects a TTL of less than a second.
  public SessionWrite {
    if (timeToLive.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "expected a TTL of at least one second, got " + timeToLive);
    }
  }
}
