package io.stoker.sessions;

/// What the cache says about a key.
public sealed interface SessionLookup {

  /// A session that may be served.
  ///
  /// @param fence taken before the session was read from the source
  record Found(Session session, Fence fence) implements SessionLookup {}

  /// There is no entry.
  record Absent() implements SessionLookup {}

  /// The session was revoked and must not be served, whatever the source says.
  record Revoked() implements SessionLookup {}

  /// There is an entry and it must not be served; ask the source.
  ///
  /// @param reason why: it expired, it is another session's, it was read before its user was
  ///   revoked
  record Unusable(String reason) implements SessionLookup {}
}
