package io.stoker.sessions;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a follower is doing at one moment.
///
/// @param state what it is doing
/// @param message why it does not follow; empty if it does
/// @param lag how far the cache is behind the source; null if that is unknown
/// @param lagBytes how much of the source's log is not in the cache yet; null if that is unknown
/// @param keptBytes how much of its log the source keeps for the follower; null if that is unknown
/// @param positionNumber up to which byte of the source's log everything is in the cache; null if
///   that is unknown
/// @param counts what this node has done
public record FollowStatus(
    FollowState state,
    String message,
    @Nullable Duration lag,
    @Nullable Long lagBytes,
    @Nullable Long keptBytes,
    @Nullable Long positionNumber,
    FollowCounts counts) {

  private static final int HALF = 32;

  /// The position as Postgres writes it, such as `16/B374D848`; null if it is unknown.
  public @Nullable String position() {
    return positionNumber == null ? null : position(positionNumber);
  }

  /// A position as Postgres writes it.
  public static String position(long number) {
    return Long.toHexString(number >>> HALF).toUpperCase(Locale.ROOT)
        + "/"
        + Integer.toHexString((int) number).toUpperCase(Locale.ROOT);
  }

  /// The state in a few words, such as `following, 12 ms behind`.
  public String text() {
    return switch (state) {
      case STARTING -> "starting";
      case FOLLOWING -> "following" + behind();
      case STANDBY -> "another node is following" + behind();
      case SOURCE_UNREACHABLE, CACHE_UNREACHABLE, REFUSED -> "not following: " + message;
    };
  }

  private String behind() {
    if (lag == null) {
      return "";
    }
    return lag.toSeconds() < 10
        ? ", " + lag.toMillis() + " ms behind"
        : ", " + lag.toSeconds() + " s behind";
  }
}
