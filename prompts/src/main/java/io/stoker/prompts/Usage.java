package io.stoker.prompts;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The token counts of one or more requests, in the same form for all providers.
///
/// @param inputTokens the whole prompt, including cache reads and writes
/// @param outputTokens the answer
/// @param cacheReadTokens null if the provider does not report it
/// @param cacheWriteTokens null if the provider does not report it
/// @param hourWriteTokens the part of the cache writes that is kept for an hour
public record Usage(
    long inputTokens,
    long outputTokens,
    @Nullable Long cacheReadTokens,
    @Nullable Long cacheWriteTokens,
    long hourWriteTokens) {

  public static final Usage NONE = new Usage(0, 0, null, null, 0);

  /// Checks that nothing is negative.
  public Usage {
    if (inputTokens < 0
        || outputTokens < 0
        || orZero(cacheReadTokens) < 0
        || orZero(cacheWriteTokens) < 0
        || hourWriteTokens < 0) {
      throw new IllegalArgumentException("tokens cannot be negative");
    }
  }

  /// Tokens read from the cache; 0 if unknown.
  public long read() {
    return orZero(cacheReadTokens);
  }

  /// Tokens written to the cache; 0 if unknown.
  public long written() {
    return orZero(cacheWriteTokens);
  }

  /// Both together.
  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        sum(cacheReadTokens, other.cacheReadTokens),
        sum(cacheWriteTokens, other.cacheWriteTokens),
        hourWriteTokens + other.hourWriteTokens);
  }

  /// The share of the prompt read from the cache, in percent, rounded half up; 0 for an empty
  /// prompt.
  public int cachePercent() {
    return percent(read(), inputTokens);
  }

  /// The share of the cached prompt that was already cached, in percent, rounded half up; 0 if
  /// nothing was read or written. Empty if the provider does not report cache writes, since it
  /// would always be 0 or 100.
  public OptionalInt retentionPercent() {
    return cacheWriteTokens == null
        ? OptionalInt.empty()
        : OptionalInt.of(percent(read(), read() + written()));
  }

  private static int percent(long part, long whole) {
    if (whole <= 0) {
      return 0;
    }
    var share = Math.clamp((double) part / whole, 0, 1);
    return (int) Math.floor(share * 100 + 0.5);
  }

  private static long orZero(@Nullable Long tokens) {
    return tokens == null ? 0 : tokens;
  }

  private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
    return one == null && other == null ? null : Long.valueOf(orZero(one) + orZero(other));
  }
}
