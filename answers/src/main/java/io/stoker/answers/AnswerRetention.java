package io.stoker.answers;

import java.time.Duration;

/// How long what is over is kept, and how much of it.
///
/// @param batches how long a batch is kept with its questions after its end; zero for ever
/// @param asked how long it is kept what was asked, to the hour
/// @param mostAsked how many different questions an hour, over all hours that are kept, are told
///   apart; what is beyond that is counted, but not which question it was
public record AnswerRetention(Duration batches, Duration asked, long mostAsked) {

  private static final Duration LONGEST = Duration.ofDays(36_500);

  /// Batches for 90 days, what was asked for 31, 100,000 different questions.
  public static final AnswerRetention STANDARD =
      new AnswerRetention(Duration.ofDays(90), Duration.ofDays(31), 100_000);

  /// Checks that it makes sense.
  public AnswerRetention {
    if (batches.isNegative() || batches.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "batches must be kept for 0 (for ever) to 36500 days but it was " + batches);
    }
    if (!asked.isPositive() || asked.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "what was asked must be kept for more than 0 and at most 36500 days but it was " + asked);
    }
    if (mostAsked < 1) {
      throw new IllegalArgumentException(
          "at least 1 question must be told apart but it was " + mostAsked);
    }
  }
}
