package io.stoker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/// The clock, which tests can advance by hand ([ManualTime]).
///
/// [#now()] is the wall clock, which may jump; [#ticks()] is monotonic, for deadlines and
/// durations. The two must not be mixed. Thread-safe.
public interface Time {

  /// The machine's clock.
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /// The wall clock. Jumps when the machine's time is set.
  Instant now();

  /// Monotonic time since an arbitrary moment; meaningless outside this process.
  Duration ticks();

  /// Waits. Returns at once when `length` is zero or negative.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  void pause(Duration length) throws InterruptedException;

  /// Waits until [#ticks()] reaches `ticks`.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  default void pauseUntil(Duration ticks) throws InterruptedException {
    pause(ticks.minus(ticks()));
  }

  /// This time as the JDK's [Clock], for libraries that take one.
  default Clock clock() {
    InstantSource source = this::now;
    return source.withZone(ZoneOffset.UTC);
  }
}
