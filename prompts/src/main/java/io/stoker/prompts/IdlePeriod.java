package io.stoker.prompts;

import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The time in which a user is away: from the start of a turn's last request to the next turn.
///
/// @param since when that request began
/// @param stop why the model stopped
/// @param tier of the cache that the request asked for
/// @param promptTokens how long the prompt had become, with the answer
/// @param cachedTokens how much of it the provider's cache held then; 0 if that is not known
/// @param warms how many warms have succeeded since
/// @param spent what they cost, in micro-dollars
/// @param wrote whether one of them found the entry gone
/// @param focused whether the user looks at the conversation; null if nobody said
/// @param resolved whether what came of it is known, so that nothing more is to be learned
public record IdlePeriod(
    Instant since,
    StopReason stop,
    CacheTier tier,
    long promptTokens,
    long cachedTokens,
    int warms,
    long spent,
    boolean wrote,
    @Nullable Boolean focused,
    boolean resolved) {

  /// What begins with a turn's last request.
  static IdlePeriod since(Instant since, TurnOutcome outcome) {
    var usage = outcome.usage();
    return new IdlePeriod(
        since,
        outcome.stop(),
        outcome.tier(),
        usage.inputTokens() + usage.outputTokens(),
        cached(usage),
        0,
        0,
        false,
        null,
        false);
  }

  private static long cached(Usage usage) {
    if (usage.cacheReadTokens() == null) {
      return 0;
    }
    return usage.cacheWriteTokens() == null ? usage.inputTokens() : usage.read() + usage.written();
  }

  /// Whether a request that used that much found the entry gone: it read less than half of what the
  /// cache had held. It may well write more, for the answer before was not in the cache yet.
  boolean isGone(Usage usage) {
    return usage.cacheReadTokens() != null && 2 * usage.read() < cachedTokens;
  }

  /// The same with one more warm.
  ///
  /// @param cost in micro-dollars
  IdlePeriod warmed(long cost, Usage usage) {
    return new IdlePeriod(
        since,
        stop,
        tier,
        promptTokens,
        cachedTokens,
        warms + 1,
        spent + cost,
        wrote || isGone(usage),
        focused,
        resolved);
  }

  IdlePeriod hinted(@Nullable StopReason otherStop, @Nullable Boolean otherFocus) {
    return new IdlePeriod(
        since,
        otherStop == null ? stop : otherStop,
        tier,
        promptTokens,
        cachedTokens,
        warms,
        spent,
        wrote,
        otherFocus == null ? focused : otherFocus,
        resolved);
  }

  IdlePeriod asResolved() {
    return new IdlePeriod(
        since, stop, tier, promptTokens, cachedTokens, warms, spent, wrote, focused, true);
  }

  IdlePeriod moved(Duration by) {
    return new IdlePeriod(
        since.plus(by),
        stop,
        tier,
        promptTokens,
        cachedTokens,
        warms,
        spent,
        wrote,
        focused,
        resolved);
  }
}
