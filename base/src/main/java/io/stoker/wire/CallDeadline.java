package io.stoker.wire;

import static io.stoker.DurationRules.shorter;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.Time;
import java.time.Duration;

/// The deadline of one call, counted from the construction of this object.
final class CallDeadline {

  private final String where;
  private final CallTimeouts timeouts;
  private final Time time;
  private final Duration end;

  CallDeadline(String where, CallTimeouts timeouts, Time time) {
    this.where = where;
    this.timeouts = timeouts;
    this.time = time;
    this.end = time.ticks().plus(timeouts.total());
  }

  /// The address that is called.
  String where() {
    return where;
  }

  /// How long to wait for the next byte: the idle timeout or the rest of the total one.
  Duration remaining() {
    return shorter(end.minus(time.ticks()), timeouts.idle());
  }

  /// The exception to throw if none arrived in [#remaining()].
  CallException timedOut() {
    boolean atEnd = remaining().compareTo(timeouts.idle()) < 0;
    return new CallException(
        Code.TIMED_OUT,
        atEnd
            ? where + " did not finish within " + timeouts.total().toSeconds() + " s"
            : where + " sent nothing for " + timeouts.idle().toSeconds() + " s",
        null,
        null);
  }
}
