package io.stoker.sessions;

/// The result of looking up a key in the cache.
public sealed interface SessionLookup {

  /// A session that may be served.
  ///
  /// @param fence taken before the session was read from the source
  record Found(Session session, Fence fence) implements SessionLookup {}

  /// There is no entry.
  record Absent() implements SessionLookup {}

  /// The session was revoked and must not be served, even if the source still has it.
  record Revoked() implements SessionLookup {}

  /// There is an entry, but it must not be served; look in the source.
  ///
  /// @param reason why: it is expired, belongs to another session, or was read before its user was
  ///   revoked
  record Unusable(String reason) implements SessionLookup {}
}
