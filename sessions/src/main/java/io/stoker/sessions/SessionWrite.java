package io.stoker.sessions;

import java.time.Duration;

/// An entry with the time the cache keeps it.
///
/// @param timeToLive whole seconds, at least one: no entry is ever written without a TTL
public record SessionWrite(SessionEntry entry, Duration timeToLive) {

  /// Refuses a TTL under a second, which Redis cannot express.
  public SessionWrite {
    if (timeToLive.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "expected a TTL of at least one second, got " + timeToLive);
    }
  }
}
