package io.stoker.sessions;

import java.time.Duration;

/// An entry with the time the cache shall keep it.
///
/// @param timeToLive whole seconds, at least one: no entry is ever written without a TTL
public record SessionWrite(SessionEntry entry, Duration timeToLive) {

  /// Refuses a TTL under a second, which Redis cannot express.
  public SessionWrite {
    if (timeToLive.toSeconds() < 1) {
      throw new IllegalArgumentException("a TTL must be at least one second but was " + timeToLive);
    }
  }
}
