package io.stoker.sessions;

/// What to do about an entry that is there already.
public enum WriteMode {
  /// Leave it alone: Redis' `SET ... NX`. A revoked session's tombstone is an entry too, so this is
  /// also what keeps a late write from bringing the session back.
  IF_ABSENT,
  /// Replace it if it is the older reading and has less than half of the new TTL left. Never
  /// replaces a tombstone.
  REFRESH,
  /// Replace it if it is the older reading. Never replaces a tombstone.
  REPLACE_OLDER
}
