package io.stoker.server.doctor;

import io.stoker.StokerException;
import io.stoker.server.wire.DurationFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What [Doctor] found about one thing.
///
/// @param what the thing
/// @param detail what there is, or what is wrong with it; without secrets
/// @param advice what to do; null if there is nothing to do
public record CheckResult(State state, String what, String detail, @Nullable String advice) {

  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(2);

  /// How bad it is.
  public enum State {
    /// As it should be.
    OK,
    /// Works, but not as it should.
    WARN,
    /// Does not work.
    FAIL;

    /// Its name for output.
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

  /// The trouble of a port, whose message ends with what to do.
  static CheckResult fail(String what, StokerException trouble) {
    var message = String.valueOf(trouble.getMessage());
    int end = message.lastIndexOf(". ");
    return end < 0
        ? fail(what, message, "See docs/operations.md")
        : fail(what, message.substring(0, end), message.substring(end + 2));
  }

  /// Compares another machine's clock with ours, which was read before and after it.
  static CheckResult clock(String what, Instant before, Instant theirs, Instant after) {
    var ahead = Duration.between(after, theirs);
    var behind = Duration.between(theirs, before);
    var apart = ahead.isPositive() ? ahead : behind;
    if (apart.compareTo(CLOCKS_MAY_DIFFER) <= 0) {
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
