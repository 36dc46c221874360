package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Entries and look-ups that several tests need.
final class Samples {

  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private Samples() {}

  static SessionKey key(String token) {
    return SessionKey.ofToken(token);
  }

  /// A session of `user` that lives for another hour after `now`, as read after `fence`.
  static SessionEntry entry(SessionKey key, String user, Instant now, Fence fence) {
    return SessionEntry.ofToken(
        key, user, now.plus(Duration.ofHours(1)), fence, "\"email\":\"a@b.example\"");
  }

  static SessionWrite write(SessionEntry entry, Duration timeToLive) {
    return new SessionWrite(entry, timeToLive);
  }

  static SessionLookup read(SessionStore store, SessionKey key) {
    return store.read(List.of(key)).getFirst();
  }
}
