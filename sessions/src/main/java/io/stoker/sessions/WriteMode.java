package io.stoker.sessions;

/// How a write treats an existing entry.
public enum WriteMode {
  /// Keep it: Redis' `SET ... NX`. A tombstone is an entry, too, so a late write cannot bring a
  /// revoked session back.
  IF_ABSENT,
  /// Replace it if it was read earlier and has less than half of the new TTL left. Never replaces a
  /// tombstone.
  REFRESH,
  /// Replace it if it was read earlier. Never replaces a tombstone.
  REPLACE_OLDER,
  /// Keep it, and write no session a second time: for a cache that is the application's only store,
  /// where a session that is gone has ended. A [SessionStore] treats it like [#IF_ABSENT].
  ONCE
}
