package io.stoker.sessions;

import java.time.Instant;

/// A cache entry for a session, as read from the source.
///
/// Immutable, provided that the array returned by [#value()] is not changed.
public final class SessionEntry {

  private final SessionKey key;
  private final byte[] value;
  private final Instant expiresAt;

  /// @param key the key of look-ups
  /// @param value the value to cache, in the target's format: a JSON object, or the hash fields of
  ///   a Spring session
  /// @param expiresAt when the session ends, by the source's clock
  public SessionEntry(SessionKey key, byte[] value, Instant expiresAt) {
    this.key = key;
    this.value = value;
    this.expiresAt = expiresAt;
  }

  /// The entry of a token session, for sources of your own.
  ///
  /// @param fence the fence that the source was called with
  /// @param members further members of the JSON object, without the braces, such as
  ///   `"email":"a@b.example"`; empty for none
  public static SessionEntry ofToken(
      SessionKey key, String userId, Instant expiresAt, Fence fence, String members) {
    return new SessionEntry(
        key, TokenJson.entry(key, userId, expiresAt, fence, members), expiresAt);
  }

  /// The key of look-ups.
  public SessionKey key() {
    return key;
  }

  /// The value to cache. Not a copy: do not change it.
  public byte[] value() {
    return value;
  }

  /// When the session ends, by the source's clock.
  public Instant expiresAt() {
    return expiresAt;
  }
}
