package io.stoker.prompts;

import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.RestReason;
import io.stoker.prompts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The next state of a warming, while it is being made. Confined to one thread.
final class Draft {

  boolean enabled;
  Duration interval;
  Activity activity;
  long number;
  @Nullable Instant touchedAt;
  @Nullable LastWarm lastWarm;
  int failures;
  String trouble;
  RestReason restReason;
  CacheTerms terms;
  @Nullable PolicyMode mode;
  @Nullable Idle idle;
  String why;
  private @Nullable Instant nextWarmAt;

  Draft(WarmingState state) {
    this.enabled = state.enabled();
    this.interval = state.interval();
    this.activity = state.activity();
    this.number = state.number();
    this.nextWarmAt = state.nextWarmAt();
    this.touchedAt = state.touchedAt();
    this.lastWarm = state.lastWarm();
    this.failures = state.failures();
    this.trouble = state.trouble();
    this.restReason = state.restReason();
    this.terms = state.terms();
    this.mode = state.mode();
    this.idle = state.idle();
    this.why = state.why();
  }

  /// Sets the timer, in the place of one that is set; none where pings keep nothing alive.
  void set(Instant at, String reason) {
    unset();
    if (terms.isPinged()) {
      nextWarmAt = at;
      rest(RestReason.NONE, reason);
    } else {
      rest(RestReason.NOT_PINGED, "");
    }
  }

  /// Sets no timer, or none any more.
  void rest(RestReason reason, String words) {
    if (nextWarmAt != null && reason != RestReason.NONE) {
      unset();
    }
    restReason = reason;
    why = words;
  }

  boolean isSet() {
    return nextWarmAt != null;
  }

  /// Takes back the timer, and the meaning of what is in flight.
  Draft unset() {
    number++;
    nextWarmAt = null;
    return this;
  }

  WarmingState state() {
    return new WarmingState(
        enabled,
        interval,
        activity,
        number,
        nextWarmAt,
        touchedAt,
        lastWarm,
        failures,
        trouble,
        restReason,
        terms,
        mode,
        idle,
        why);
  }
}
