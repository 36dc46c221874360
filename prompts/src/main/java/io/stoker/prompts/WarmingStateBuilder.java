package io.stoker.prompts;

import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A mutable copy of a [WarmingState]. Confined to one thread.
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

  /// Schedules the next warm, replacing one that is scheduled; pauses if warms cannot keep the
  /// entry alive.
  void schedule(Instant at, String reason) {
    unschedule();
    if (cacheProfile.isWarmable()) {
      nextWarmAt = at;
      pause(PauseReason.NONE, reason);
    } else {
      pause(PauseReason.NOT_PINGED, "");
    }
  }

  /// Unschedules the next warm unless the reason is `NONE`, and records why.
  void pause(PauseReason reason, String words) {
    if (nextWarmAt != null && reason != PauseReason.NONE) {
      unschedule();
    }
    pauseReason = reason;
    why = words;
  }

  boolean isScheduled() {
    return nextWarmAt != null;
  }

  /// Unschedules the next warm, and invalidates a warm in flight.
  WarmingStateBuilder unschedule() {
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
