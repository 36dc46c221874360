package io.stoker.sessions;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How a cache learns what has changed in Postgres.
public enum FollowMode {
  /// It does not: applications revoke what they end.
  OFF,
  /// By logical replication, from a slot that remembers how far Stoker has come.
  REPLICATION;

  /// The mode as operators write it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<FollowMode> of(String label) {
    return Arrays.stream(values()).filter(mode -> mode.label().equals(label)).findFirst();
  }
}
