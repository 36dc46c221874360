package io.stoker.sessions;

import java.util.Collection;
import java.util.List;

/// The cache tier shared by all processes: Redis, or memory for a single process.
///
/// Once a revocation has returned, it is in force for every reader of the store: no write that
/// began before it, however late, brings the session back. Thread-safe. Every method throws
/// [StokerException] if the store fails.
public interface SessionStore extends SessionTarget {

  /// Looks up sessions, in one round trip for the entries and one for their users.
  ///
  /// @return a result for each key, in the same order
  List<SessionLookup> read(List<SessionKey> keys);

  /// Replaces a session with a tombstone: signed out, or its token was exchanged.
  void revoke(SessionKey key);

  /// Invalidates every entry of a user that was read before now: signed out everywhere, or banned.
  /// Call it after changing the source.
  void revokeUser(String userId);

  /// [Revokes][#revoke(SessionKey)] many sessions.
  default void revokeSessions(Collection<SessionKey> keys) {
    keys.forEach(this::revoke);
  }

  /// [Revokes][#revokeUser(String)] all sessions of many users.
  default void revokeUsers(Collection<String> userIds) {
    userIds.forEach(this::revokeUser);
  }

  /// Makes every entry that was read before now unusable, whoever's it is.
  void revokeEverything();

  /// Notifies `listener` of revocations by any process until the subscription is closed.
  Subscription subscribe(RevocationListener listener);

  /// Unsubscribes when closed.
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /// A listener for revocations, called on a thread of the store; must return quickly.
  interface RevocationListener {

    /// A session was revoked.
    void revoked(SessionKey key);

    /// All sessions of a user were revoked.
    void revokedUser(String userId);

    /// All sessions were revoked.
    void revokedEverything();

    /// Revocations are received from now on (true), or may be missed (false).
    void listening(boolean listening);
  }
}
