package io.stoker.sessions;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A moment in the cache's own order of events: taken before a session is read from the source, and
/// again when a user is revoked.
///
/// Of two fences the later one is greater, whichever node took them, because one counter in the
/// cache hands them all out. So an entry read before a revocation is known by its lesser fence,
/// however late it is written, and no two machines' clocks need to agree.
///
/// @param number microseconds since 1970 by the cache's clock, or one more than the last fence if
///   that is greater (a hybrid logical clock: Kulkarni et al., "Logical Physical Clocks", 2014)
public record Fence(long number) implements Comparable<Fence> {

  /// Earlier than every fence that a cache hands out.
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

  /// About when it was taken, by the cache's clock.
  Instant time() {
    return Instant.EPOCH.plus(number, ChronoUnit.MICROS);
  }

  @Override
  public int compareTo(Fence other) {
    return Long.compare(number, other.number);
  }
}
