package io.stoker.sessions;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A fencing token of the cache: taken before a session is read from the source, and when a user is
/// revoked.
///
/// A counter in the cache issues all fences, so a later one is greater, whichever node took it. An
/// entry read before a revocation therefore has a smaller fence, however late it is written, and
/// the nodes' clocks need not agree.
///
/// @param number microseconds since 1970 by the cache's clock, or one more than the last fence if
///   that is greater (a hybrid logical clock: Kulkarni et al., "Logical Physical Clocks", 2014)
public record Fence(long number) implements Comparable<Fence> {

  /// Less than every fence that a cache issues.
  static final Fence FIRST = new Fence(Fence.MIN);

  private static final long MIN = 1_000_000_000_000_000L;
  private static final long MAX = 9_999_999_999_999_999L;

  /// Checks that the number has sixteen digits.
  public Fence {
    if (number < MIN || number > MAX) {
      throw new IllegalArgumentException(
          "expected microseconds since 1970 with 16 digits, got " + number);
    }
  }

  /// Approximately when it was taken, by the cache's clock.
  Instant time() {
    return Instant.EPOCH.plus(number, ChronoUnit.MICROS);
  }

  @Override
  public int compareTo(Fence other) {
    return Long.compare(number, other.number);
  }
}
