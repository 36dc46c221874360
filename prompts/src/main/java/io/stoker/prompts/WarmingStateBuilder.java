package io.stoker.prompts;

import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The next state of a warming, while it is being made. Confined to one thread.
final class WarmingStateBuilder {

  boolean enabled;
  Duration interval;
  Activity activity;
  long number;
  @Nullable Instant touchedAt;
  @Nullable LastWarm lastWarm;
  int failures;
  String error;
  PauseReason pauseReason;
  CacheProfile cacheProfile;
  @Nullable PolicyMode mode;
  @Nullable IdlePeriod idle;
  String why;
  private @Nullable Instant nextWarmAt;

  WarmingStateBuilder(WarmingState state) {
    this.enabled = state.enabled();
    this.interval = state.interval();
    this.activity = state.activity();
    this.number = state.number();
    this.nextWarmAt = state.nextWarmAt();
    this.touchedAt = state.touchedAt();
    this.lastWarm = state.lastWarm();
    this.failures = state.failures();
    this.error = state.error();
    this.pauseReason = state.pauseReason();
    this.cacheProfile = state.cacheProfile();
    this.mode = state.mode();
    this.idle = state.idle();
    this.why = state.why();
  }

  /// Sets the timer, in the place of one that is set; none where pings keep nothing alive.
  void set(Instant at, String reason) {
    unset();
    if (cacheProfile.isWarmable()) {
      nextWarmAt = at;
      rest(PauseReason.NONE, reason);
    } else {
      rest(PauseReason.NOT_PINGED, "");
    }
  }

  /// Sets no timer, or none any more.
  void rest(PauseReason reason, String words) {
    if (nextWarmAt != null && reason != PauseReason.NONE) {
      unset();
    }
    pauseReason = reason;
    why = words;
  }

  boolean isSet() {
    return nextWarmAt != null;
  }

  /// Takes back the timer, and the meaning of what is in flight.
  WarmingStateBuilder unset() {
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
        error,
        pauseReason,
        cacheProfile,
        mode,
        idle,
        why);
  }
}
