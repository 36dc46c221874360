package io.stoker.prompts;

import io.stoker.prompts.Warming.Activity;
import io.stoker.prompts.Warming.LastWarm;
import io.stoker.prompts.Warming.Rest;
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
  Rest rest;
  CacheTerms terms;
  @Nullable PolicyMode mode;
  @Nullable Idle idle;
  String why;
  private @Nullable Instant nextWarmAt;

  Draft(Warming state) {
    this.enabled = state.enabled();
    this.interval = state.interval();
    this.activity = state.activity();
    this.number = state.number();
    this.nextWarmAt = state.nextWarmAt();
    this.touchedAt = state.touchedAt();
    this.lastWarm = state.lastWarm();
    this.failures = state.failures();
    this.trouble = state.trouble();
    this.rest = state.rest();
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
      rest(Rest.NONE, reason);
    } else {
      rest(Rest.NOT_PINGED, "");
    }
  }

  /// Sets no timer, or none any more.
  void rest(Rest reason, String words) {
    if (nextWarmAt != null && reason != Rest.NONE) {
      unset();
    }
    rest = reason;
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

  Warming state() {
    return new Warming(
        enabled,
        interval,
        activity,
        number,
        nextWarmAt,
        touchedAt,
        lastWarm,
        failures,
        trouble,
        rest,
        terms,
        mode,
        idle,
        why);
  }
}
