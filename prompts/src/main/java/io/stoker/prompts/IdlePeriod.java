package io.stoker.prompts;

import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The time during which a user is away: from the start of a turn's last request to the next turn.
///
/// @param since the start of that request
/// @param stop why the model stopped
/// @param tier that the request asked for
/// @param promptTokens the length of the prompt including the answer
/// @param cachedTokens how much of it the cache held then; 0 if unknown
/// @param warms warms that have succeeded since
/// @param spent their cost, in micro-dollars
/// @param wrote whether one of them missed
/// @param focused whether the conversation has the user's focus; null if unknown
/// @param resolved whether its end is known: the user came back or counts as gone, or the
///   conversation was closed
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

  /// An idle period that starts with a turn's last request.
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

  /// Whether a request with that usage missed: it read less than half of what the cache held. It
  /// may well write more, since the previous answer was not cached yet.
  boolean isMiss(Usage usage) {
    return usage.cacheReadTokens() != null && 2 * usage.read() < cachedTokens;
  }

  /// @param cost in micro-dollars
  IdlePeriod warmed(long cost, Usage usage) {
    return with(since, stop, warms + 1, spent + cost, wrote || isMiss(usage), focused, resolved);
  }

  IdlePeriod hinted(@Nullable StopReason otherStop, @Nullable Boolean otherFocus) {
    return with(
        since,
        otherStop == null ? stop : otherStop,
        warms,
        spent,
        wrote,
        otherFocus == null ? focused : otherFocus,
        resolved);
  }

  IdlePeriod asResolved() {
    return with(since, stop, warms, spent, wrote, focused, true);
  }

  IdlePeriod moved(Duration by) {
    return with(since.plus(by), stop, warms, spent, wrote, focused, resolved);
  }

  private IdlePeriod with(
      Instant newSince,
      StopReason newStop,
      int newWarms,
      long newSpent,
      boolean newWrote,
      @Nullable Boolean newFocus,
      boolean isResolved) {
    return new IdlePeriod(
        newSince,
        newStop,
        tier,
        promptTokens,
        cachedTokens,
        newWarms,
        newSpent,
        newWrote,
        newFocus,
        isResolved);
  }
}
