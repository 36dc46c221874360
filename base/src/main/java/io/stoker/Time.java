package io.stoker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/// The clock that Stoker reads, which tests can turn by hand.
///
/// Two readings that must not be mixed: [#now()] is the wall clock, which may jump; [#ticks()] only
/// goes forward, and is for deadlines and durations. Thread-safe.
public interface Time {

  /// The machine's clock.
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /// The wall clock. May jump either way when somebody sets the machine's time.
  Instant now();

  /// Time since an arbitrary fixed moment. Never goes back; means nothing outside this process.
  Duration ticks();

  /// Waits. Returns at once when `length` is zero or negative.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  void pause(Duration length) throws InterruptedException;

  /// Waits until [#ticks()] shows `ticks`, or later. Returns at once if it does.
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
