package io.stoker.sessions;

import java.util.List;

/// The shared tier between the applications' processes: Redis, or memory for a single process.
///
/// A revocation that has returned is in force for every reader of the store: no write that began
/// before it, however late, brings the session back. Thread-safe. Every method throws
/// [StokerException] if the store does not answer or refuses.
public interface SessionStore extends SessionTarget {

  /// Looks sessions up, in one round trip for the entries and one for their users.
  ///
  /// @return an answer for each key, in the same order
  List<SessionLookup> read(List<SessionKey> keys);

  /// Puts a tombstone in place of the session: signed out, or its token was exchanged.
  void revoke(SessionKey key);

  /// Makes every entry of this user that was read before now unusable: signed out everywhere, or
  /// banned. Call it after the source has changed.
  void revokeUser(String userId);

  /// Passes revocations by any process to `listener` until the handle is closed.
  Subscription subscribe(RevocationListener listener);

  /// Ends what [#subscribe(RevocationListener)] began.
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /// Receives revocations, on a thread of the store's; must return quickly.
  interface RevocationListener {

    /// This session was revoked.
    void revoked(SessionKey key);

    /// All of this user's sessions were revoked.
    void revokedUser(String userId);

    /// From now on revocations are received (true) or may be missed (false).
    void listening(boolean listening);
  }
}
