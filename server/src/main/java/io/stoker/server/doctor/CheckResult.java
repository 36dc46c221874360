package io.stoker.server.doctor;

import io.stoker.StokerException;
import io.stoker.server.wire.DurationFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The result of one check of [Doctor].
///
/// @param what the subject of the check
/// @param detail what was found, without secrets
/// @param advice what to do; null if there is nothing to do
public record CheckResult(State state, String what, String detail, @Nullable String advice) {

  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

  /// The severity, in ascending order.
  public enum State {
    /// Works.
    OK,
    /// Works, but with a risk or a degradation.
    WARN,
    /// Does not work.
    FAIL;

    /// The name for output.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static CheckResult ok(String what, String detail) {
    return new CheckResult(State.OK, what, detail, null);
  }

  static CheckResult warn(String what, String detail, String advice) {
    return new CheckResult(State.WARN, what, detail, advice);
  }

  static CheckResult fail(String what, String detail, String advice) {
    return new CheckResult(State.FAIL, what, detail, advice);
  }

  /// A failure whose message ends with the advice.
  static CheckResult fail(String what, StokerException failure) {
    var message = String.valueOf(failure.getMessage());
    int end = message.lastIndexOf(". ");
    return end < 0
        ? fail(what, message, "See docs/operations.md")
        : fail(what, message.substring(0, end), message.substring(end + 2));
  }

  /// Compares another machine's clock with ours, read before and after it.
  static CheckResult clock(String what, Instant before, Instant theirs, Instant after) {
    var ahead = Duration.between(after, theirs);
    var behind = Duration.between(theirs, before);
    var apart = ahead.isPositive() ? ahead : behind;
    if (apart.compareTo(CLOCK_TOLERANCE) <= 0) {
      return ok(what, "agrees with this machine's");
    }
    return warn(
        what,
        "is "
            + DurationFormat.format(apart)
            + (ahead.isPositive() ? " ahead of" : " behind")
            + " this machine's",
        "Set both clocks by NTP");
  }
}
