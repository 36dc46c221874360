package io.stoker.answers;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How answers are warmed and cached. Can be changed while a worker runs.
///
/// @param concurrency how many questions a process answers at once
/// @param delay pause of a worker after each answer
/// @param perMinute the most claims of all processes per minute; null for no limit
/// @param lease how long a claim lasts unless renewed
/// @param retries delays before the second attempt, the third and so on; there is one attempt more
///   than there are delays
/// @param timeToLive how long an answer is served
/// @param maxEntries the most cached answers; the least recently served are evicted first
/// @param minimumConfidence the least confidence, from 0 to 100, with which an answer is cached
/// @param warmTop how many of the most asked questions are warmed again before their answers
///   expire; 0 for none
public record AnswerSettings(
    int concurrency,
    Duration delay,
    @Nullable Integer perMinute,
    Duration lease,
    List<Duration> retries,
    Duration timeToLive,
    long maxEntries,
    int minimumConfidence,
    int warmTop) {

  private static final Duration MAX_DELAY = Duration.ofDays(1);
  private static final Duration MAX_LEASE = Duration.ofDays(1);
  private static final Duration MAX_AGE = Duration.ofDays(3650);
  private static final int MAX_RETRIES = 100;
  private static final int MAX_TOP = 10_000;

  /// One question at a time with two seconds of delay, three retries, answers served for a day.
  public static final AnswerSettings STANDARD =
      new AnswerSettings(
          1,
          Duration.ofSeconds(2),
          null,
          Duration.ofMinutes(1),
          List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2)),
          Duration.ofDays(1),
          100_000,
          40,
          0);

  /// Checks the ranges; copies the delays.
  public AnswerSettings {
    retries = List.copyOf(retries);
    require(concurrency >= 1 && concurrency <= 1000, "concurrency must be 1 to 1000", concurrency);
    require(
        !delay.isNegative() && delay.compareTo(MAX_DELAY) <= 0,
        "the delay must be 0 to 1 day",
        delay);
    require(perMinute == null || perMinute >= 1, "the rate must be at least 1 a minute", perMinute);
    require(
        lease.compareTo(Duration.ofSeconds(1)) >= 0 && lease.compareTo(MAX_LEASE) <= 0,
        "the lease must be 1 second to 1 day",
        lease);
    require(
        retries.size() <= MAX_RETRIES
            && retries.stream()
                .noneMatch(wait -> wait.isNegative() || wait.compareTo(MAX_DELAY) > 0),
        "waits before a retry must be at most " + MAX_RETRIES + ", each of 0 to 1 day,",
        retries);
    require(
        timeToLive.isPositive() && timeToLive.compareTo(MAX_AGE) <= 0,
        "the time to live must be positive and at most 3650 days",
        timeToLive);
    require(maxEntries >= 1, "at least one answer must be kept", maxEntries);
    require(
        minimumConfidence >= 0 && minimumConfidence <= 100,
        "the minimum confidence must be 0 to 100",
        minimumConfidence);
    require(
        warmTop >= 0 && warmTop <= MAX_TOP,
        "the number of top questions must be 0 to 10000",
        warmTop);
  }

  private static void require(boolean holds, String expected, @Nullable Object actual) {
    if (!holds) {
      throw new IllegalArgumentException(expected + " but was " + actual);
    }
  }
}
