package io.stoker.prompts;

import io.stoker.prompts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// How the warming of one conversation stands. Immutable; [PromptSchedule] makes the next one.
///
/// @param enabled whether it is wanted
/// @param interval how long after a request the next warm is due
/// @param activity what is going on
/// @param number of the timer or warm that counts; whatever comes with another one comes too late
/// @param nextWarmAt when the timer rings; null if none is set
/// @param touchedAt when the last request that used the provider's cache began; null if none did
/// @param lastWarm the last warm that succeeded; null if none did
/// @param failures how many warms have failed since
/// @param error what the last of them said; empty if none failed
/// @param pauseReason why no timer is set although warming is wanted
/// @param cacheProfile of the provider's cache
/// @param mode how it is decided when it is warmed; null for as its tenant wants it, or all
/// @param idle what is known of the time since the last turn; null before the first one
/// @param why the next warm is due, or none is, for people; empty if the rest says it all
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

  /// The default: off, and every four minutes once it is on.
  public static final Duration STANDARD_INTERVAL = Duration.ofMinutes(4);

  /// The shortest interval.
  public static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

  /// The longest interval.
  public static final Duration MAX_INTERVAL = Duration.ofHours(24);

  /// What is going on in a conversation.
  public enum Activity {
    /// Nothing.
    IDLE,
    /// A turn.
    GENERATING,
    /// A warm.
    WARMING
  }

  /// Why no timer is set although warming is wanted.
  public enum PauseReason {
    /// There is no reason: one is set, or something is going on, or warming is not wanted.
    NONE,
    /// There is nothing to keep warm yet.
    NOTHING_SAID,
    /// The entry's time ran out before it could be refreshed.
    COLD,
    /// The provider refuses.
    REFUSED,
    /// Too many warms failed in a row.
    GAVE_UP,
    /// The provider's entries are not kept by pings.
    NOT_PINGED,
    /// The next ping would cost more than it is expected to save.
    NOT_WORTH_IT,
    /// The prompt is too short for the provider to keep it.
    TOO_SHORT,
    /// A ping found the entry gone: pushed out, or the prompt's beginning has changed.
    WROTE,
    /// A budget is spent.
    OVER_BUDGET,
    /// Nobody is warmed, or not this tenant.
    SWITCHED_OFF
  }

  /// A warm that succeeded.
  ///
  /// @param at when it was done
  /// @param cachePercent how much of the prompt came from the cache; -1 if unknown
  /// @param retentionPercent how much of the cached prompt had still been there; -1 if unknown
  public record LastWarm(Instant at, int cachePercent, int retentionPercent) {

    static LastWarm of(Usage usage, Instant at) {
      int cached = usage.cacheReadTokens() == null ? -1 : usage.cachePercent();
      return new LastWarm(at, cached, usage.retentionPercent().orElse(-1));
    }

    /// How much of the prompt came from the cache, in percent; empty if unknown.
    public OptionalInt cached() {
      return cachePercent < 0 ? OptionalInt.empty() : OptionalInt.of(cachePercent);
    }

    /// How much of the cached prompt had still been there, in percent; empty if unknown.
    public OptionalInt retention() {
      return retentionPercent < 0 ? OptionalInt.empty() : OptionalInt.of(retentionPercent);
    }
  }

  /// Checks that an interval is neither too short nor too long.
  ///
  /// @throws IllegalArgumentException if it is
  public static void checkInterval(Duration interval) {
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "expected an interval of 1 second to 24 hours, got " + interval);
    }
  }

  /// What a conversation begins with.
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

  /// When the provider forgets; empty if it keeps nothing of this conversation.
  public Optional<Instant> coldAt() {
    return Optional.ofNullable(touchedAt).map(began -> began.plus(cacheProfile.timeToLive()));
  }

  /// Whether the interval is so long that the provider forgets before the next warm.
  public boolean expiresBeforeNextWarm() {
    return cacheProfile.isWarmable() && interval.compareTo(cacheProfile.timeToLive()) >= 0;
  }

  /// The same, counted on from a number that an earlier timer or warm may still come with.
  WarmingState after(long earlier) {
    var next = new WarmingStateBuilder(this);
    next.number += earlier;
    return next.state();
  }

  /// The same with nothing going on, and without a timer.
  WarmingState stopped() {
    var next = new WarmingStateBuilder(this).unset();
    next.activity = Activity.IDLE;
    return next.state();
  }

  /// The same without what is not kept in stores: what is going on, the number, and the terms.
  WarmingState stored() {
    var next = new WarmingStateBuilder(this);
    next.activity = Activity.IDLE;
    next.number = 0;
    next.cacheProfile = CacheProfile.UNKNOWN;
    return next.state();
  }
}
