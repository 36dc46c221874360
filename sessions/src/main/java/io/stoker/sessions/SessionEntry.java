package io.stoker.sessions;

import java.time.Instant;

/// A session on its way from the source to the cache.
///
/// Immutable as long as nobody changes the array that [#value()] shares.
public final class SessionEntry {

  private final SessionKey key;
  private final byte[] value;
  private final Instant expiresAt;

  /// @param key what the session will be looked up by
  /// @param value what the cache is to hold, in the format of the target: a JSON object, or the
  ///   hash fields of a Spring session
  /// @param expiresAt when the session itself ends, by the source's clock
  public SessionEntry(SessionKey key, byte[] value, Instant expiresAt) {
    this.key = key;
    this.value = value;
    this.expiresAt = expiresAt;
  }

  /// The entry of a token session, for sources of your own.
  ///
  /// @param fence what the source was called with
  /// @param members what else the entry holds: members of a JSON object without the braces, such as
  ///   `"email":"a@b.example"`; empty for none
  public static SessionEntry ofToken(
      SessionKey key, String userId, Instant expiresAt, Fence fence, String members) {
    return new SessionEntry(
        key, TokenJson.entry(key, userId, expiresAt, fence, members), expiresAt);
  }

  /// What the session will be looked up by.
  public SessionKey key() {
    return key;
  }

  /// What the cache is to hold. Not a copy: do not change it.
  public byte[] value() {
    return value;
  }

  /// When the session itself ends, by the source's clock.
  public Instant expiresAt() {
    return expiresAt;
  }
}
