package io.stoker.prompts.policy;

import java.time.Duration;

/// The price multipliers of one cache tier of a model, and the timing that keeps its entries alive.
///
/// With the write multiplier `w` and the read multiplier `r`, a miss costs `w - r` more per token
/// than a hit, and a warm costs `r`. So a warm pays if and only if the chance that it saves the
/// entry is at least `r / (w - r)`: 8.7 % at 1.25 and 0.1, 5.3 % at 2 and 0.1, 4.2 % at 1.25 and
/// 0.05. Multipliers as published by Anthropic, "Prompt caching", section "Pricing":
/// https://platform.claude.com/docs/en/build-with-claude/prompt-caching
///
/// @param timeToLive how long an entry lives after the start of the last request that used it
/// @param warmEvery how long after the start of a request the next warm is sent; less than
///   `timeToLive`
/// @param maxWarms the highest number of warms considered for one idle period
/// @param write the price of a token written to the cache, as a multiple of an uncached input token
/// @param read the price of a token read from the cache, as a multiple; at most `write`
public record CachePricing(
    Duration timeToLive, Duration warmEvery, int maxWarms, double write, double read) {

  /// Checks the values.
  public CachePricing {
    if (!warmEvery.isPositive() || warmEvery.compareTo(timeToLive) >= 0) {
      throw new IllegalArgumentException(
          "expected a warm interval below " + timeToLive + ", got " + warmEvery);
    }
    if (maxWarms < 0 || !(read >= 0) || !(write >= read) || !Double.isFinite(write)) {
      throw new IllegalArgumentException(
          "expected 0 <= read <= write and at least 0 warms, got "
              + read
              + ", "
              + write
              + " and "
              + maxWarms);
    }
  }

  /// The extra cost of a miss, per token.
  public double missCost() {
    return write - read;
  }

  /// The least chance of saving the entry at which a single warm pays: `r / (w - r)`; 1 if none
  /// does.
  public double breakEven() {
    return breakEven(read);
  }

  /// The same for warms that cost `price` per token instead of a read.
  double breakEven(double price) {
    return price >= missCost() ? 1 : price / missCost();
  }

  /// The highest number of warms that cost no more than the miss they avoid: `floor((w - r) / r)`,
  /// at most [#maxWarms()].
  public int maxWorthwhileWarms() {
    return read * maxWarms <= missCost() ? maxWarms : (int) Math.floor(missCost() / read + 1e-9);
  }

  /// How many warms are sent in an idle period: one at each multiple of the interval at which the
  /// user is still away.
  ///
  /// @param idle how long the user stays away
  /// @param planned the most that may be sent
  public int warmsSent(Duration idle, int planned) {
    return (int) Math.min(planned, Math.max(0, (idle.toMillis() - 1) / warmEvery.toMillis()));
  }

  /// Whether a user who comes back after `idle` finds the entry, if up to `warms` were sent.
  public boolean isCached(Duration idle, int warms) {
    return idle.compareTo(warmEvery.multipliedBy(warms).plus(timeToLive)) <= 0;
  }

  /// After this time, a returning user finds no entry, however many warms were sent.
  public Duration horizon() {
    return warmEvery.multipliedBy(maxWarms).plus(timeToLive);
  }
}
