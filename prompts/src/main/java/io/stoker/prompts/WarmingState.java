package io.stoker.prompts;

import io.stoker.prompts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The warming state of one conversation. Immutable; [PromptSchedule] computes the next one.
///
/// @param enabled whether warming is enabled
/// @param interval how long after a request the next warm is due
/// @param number identifies the current timer or warm; results with another number are stale
/// @param nextWarmAt null if no warm is scheduled
/// @param touchedAt when the last request that used the cache entry began; null before the first
/// @param lastWarm the last warm that succeeded; null before the first
/// @param failures warms that have failed since
/// @param error the message of the last failure; empty if none failed
/// @param pauseReason why no warm is scheduled although warming is enabled
/// @param cacheProfile of the model
/// @param mode null for the mode of the tenant, or the server
/// @param idle the time since the last turn; null before the first one
/// @param why the next warm is due, or none is, in words for users; empty if `pauseReason` says it
///   all
public record WarmingState(
    boolean enabled,
    Duration interval,
    Activity activity,
    long number,
    @Nullable Instant nextWarmAt,
    @Nullable Instant touchedAt,
    @Nullable LastWarm lastWarm,
    int failures,
    String error,
    PauseReason pauseReason,
    CacheProfile cacheProfile,
    @Nullable PolicyMode mode,
    @Nullable IdlePeriod idle,
    String why) {

  /// The default interval.
  public static final Duration STANDARD_INTERVAL = Duration.ofMinutes(4);

  /// The shortest interval.
  public static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

  /// The longest interval.
  public static final Duration MAX_INTERVAL = Duration.ofHours(24);

  /// What a conversation is busy with.
  public enum Activity {
    /// Nothing.
    IDLE,
    /// A turn.
    GENERATING,
    /// A warm.
    WARMING
  }

  /// Why no warm is scheduled although warming is enabled.
  public enum PauseReason {
    /// No reason: a warm is scheduled, the conversation is busy, or warming is disabled.
    NONE,
    /// The conversation has no history yet.
    NOTHING_SAID,
    /// The entry expired before it could be refreshed.
    COLD,
    /// The provider refused the request.
    REFUSED,
    /// Too many warms failed in a row.
    GAVE_UP,
    /// Small requests do not keep the provider's entries alive.
    NOT_PINGED,
    /// The next warm would cost more than it is expected to save.
    NOT_WORTH_IT,
    /// The prompt is shorter than the provider caches.
    TOO_SHORT,
    /// A warm missed: the entry was evicted, or the beginning of the prompt has changed.
    WROTE,
    /// A budget is spent.
    OVER_BUDGET,
    /// The policy of the server or the tenant is off.
    SWITCHED_OFF
  }

  /// A warm that succeeded.
  ///
  /// @param at when it was done
  /// @param cachePercent the share of the prompt read from the cache; -1 if unknown
  /// @param retentionPercent the share of the cached prompt that was still there; -1 if unknown
  public record LastWarm(Instant at, int cachePercent, int retentionPercent) {

    static LastWarm of(Usage usage, Instant at) {
      int cached = usage.cacheReadTokens() == null ? -1 : usage.cachePercent();
      return new LastWarm(at, cached, usage.retentionPercent().orElse(-1));
    }

    /// The share of the prompt read from the cache, in percent; empty if unknown.
    public OptionalInt cached() {
      return cachePercent < 0 ? OptionalInt.empty() : OptionalInt.of(cachePercent);
    }

    /// The share of the cached prompt that was still there, in percent; empty if unknown.
    public OptionalInt retention() {
      return retentionPercent < 0 ? OptionalInt.empty() : OptionalInt.of(retentionPercent);
    }
  }

  /// Checks an interval.
  ///
  /// @throws IllegalArgumentException if it is too short or too long
  public static void checkInterval(Duration interval) {
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "expected an interval of 1 second to 24 hours, got " + interval);
    }
  }

  /// The initial state.
  public static WarmingState off(Duration interval) {
    return new WarmingState(
        false,
        interval,
        Activity.IDLE,
        0,
        null,
        null,
        null,
        0,
        "",
        PauseReason.NONE,
        CacheProfile.UNKNOWN,
        null,
        null,
        "");
  }

  /// When the cache entry expires; empty if there is none.
  public Optional<Instant> coldAt() {
    return Optional.ofNullable(touchedAt).map(began -> began.plus(cacheProfile.timeToLive()));
  }

  /// Whether the entry expires before the interval ends.
  public boolean expiresBeforeNextWarm() {
    return cacheProfile.isWarmable() && interval.compareTo(cacheProfile.timeToLive()) >= 0;
  }

  /// The same with a number above those of earlier timers and warms.
  WarmingState after(long earlier) {
    var next = new WarmingStateBuilder(this);
    next.number += earlier;
    return next.state();
  }

  /// The same, idle and without a scheduled warm.
  WarmingState stopped() {
    var next = new WarmingStateBuilder(this).unschedule();
    next.activity = Activity.IDLE;
    return next.state();
  }

  /// The same without the members that are not stored: activity, number and cache profile.
  WarmingState stored() {
    var next = new WarmingStateBuilder(this);
    next.activity = Activity.IDLE;
    next.number = 0;
    next.cacheProfile = CacheProfile.UNKNOWN;
    return next.state();
  }
}
