package io.stoker.answers;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Why a worker claims nothing for the moment.
///
/// @param since when it began
/// @param nextTry when the next try is due; null if that cannot be said
/// @param lastError what the last try met, for people
public record AnswerWait(Cause cause, Instant since, @Nullable Instant nextTry, String lastError) {

  /// What a worker waits for.
  public enum Cause {
    /// The pipeline answers none of several questions.
    PIPELINE_DOWN("pipeline-down"),
    /// The pipeline limits the rate of calls.
    RATE_LIMITED("rate-limited"),
    /// The database of the queue does not answer.
    STORE_DOWN("store-down");

    private final String label;

    Cause(String label) {
      this.label = label;
    }

    /// Its name on the wire: `pipeline-down`.
    public String label() {
      return label;
    }
  }

  /// All of it in one sentence without its full stop, for people.
  public String message(Instant now) {
    var what =
        switch (cause) {
          case PIPELINE_DOWN -> "the pipeline has not been answering for ";
          case RATE_LIMITED -> "the pipeline has been rate limited for ";
          case STORE_DOWN -> "the queue's database has not been answering for ";
        };
    return what
        + words(Duration.between(since, now))
        + "; "
        + next(now)
        + "; last error: "
        + error();
  }

  private String next(Instant now) {
    if (nextTry == null) {
      return "it is tried again every second";
    }
    var wait = Duration.between(now, nextTry);
    return wait.isPositive() ? "next try in " + words(wait) : "the next try is due now";
  }

  private String error() {
    return lastError.isEmpty() ? "none was given" : lastError;
  }

  /// `1 h 2 min`, `2 min 5 s` or `38 s`.
  private static String words(Duration length) {
    var shown = length.isNegative() ? Duration.ZERO : length;
    if (shown.toHours() > 0) {
      return shown.toHours() + " h " + shown.toMinutesPart() + " min";
    }
    return shown.toMinutes() > 0
        ? shown.toMinutes() + " min " + shown.toSecondsPart() + " s"
        : shown.toSeconds() + " s";
  }
}
