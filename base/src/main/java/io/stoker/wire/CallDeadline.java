package io.stoker.wire;

import static io.stoker.DurationRules.shorter;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.Time;
import java.time.Duration;

/// How much longer one call may take. Starts when it is made.
final class CallDeadline {

  private final String where;
  private final CallTimeouts limits;
  private final Time time;
  private final Duration end;

  CallDeadline(String where, CallTimeouts limits, Time time) {
    this.where = where;
    this.limits = limits;
    this.time = time;
    this.end = time.ticks().plus(limits.whole());
  }

  /// The address that is called.
  String where() {
    return where;
  }

  /// How long to wait for the next byte.
  Duration remaining() {
    return shorter(end.minus(time.ticks()), limits.silence());
  }

  /// What to throw if it did not come.
  CallException timedOut() {
    boolean whole = remaining().compareTo(limits.silence()) < 0;
    return new CallException(
        Code.TIMED_OUT,
        whole
            ? where + " was not done within " + limits.whole().toSeconds() + " s"
            : where + " was silent for " + limits.silence().toSeconds() + " s",
        null,
        null);
  }
}
