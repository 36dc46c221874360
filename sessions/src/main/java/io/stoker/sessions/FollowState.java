package io.stoker.sessions;

import java.util.Locale;

/// What a follower is doing.
public enum FollowState {
  /// It has not come so far yet as to know.
  STARTING,
  /// It follows.
  FOLLOWING,
  /// Another node follows.
  STANDBY,
  /// Postgres does not answer.
  SOURCE_UNREACHABLE,
  /// Redis does not answer, or refuses to write; Postgres keeps what happens until it does.
  CACHE_UNREACHABLE,
  /// Postgres lacks something that following needs.
  REFUSED;

  /// The state in the form of the wire.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Whether the cache follows the source, by this node or another.
  public boolean isWell() {
    return this == FOLLOWING || this == STANDBY;
  }
}
