package io.stoker.prompts.policy;

import java.time.Duration;

/// What a tier of a provider's cache costs, and how its entries are kept alive.
///
/// With the write multiplier `w` and the read multiplier `r`, an entry that is lost costs `w - r`
/// more for each of its tokens than one that is there, and a ping costs `r`. So a ping pays if and
/// only if the chance that it saves the entry is at least `r / (w - r)`: 8.7 % at 1.25 and 0.1, 5.3
/// % at 2 and 0.1, 4.2 % at 1.25 and 0.05. Multipliers as published by Anthropic, "Prompt caching",
/// section "Pricing": https://platform.claude.com/docs/en/build-with-claude/prompt-caching
///
/// @param timeToLive how long an entry lives after the start of the last request that used it
/// @param pingEvery how long after the start of a request a ping is sent; less than `timeToLive`
/// @param mostPings how many pings of one idle period are thought of at all
/// @param write what a token costs that is written, times a plain one of the prompt
/// @param read what a token costs that is read, times a plain one; at most `write`
public record TierTerms(
    Duration timeToLive, Duration pingEvery, int mostPings, double write, double read) {

  /// Checks that it can be lived by.
  public TierTerms {
    if (!pingEvery.isPositive() || pingEvery.compareTo(timeToLive) >= 0) {
      throw new IllegalArgumentException(
          "expected pings sooner than every " + timeToLive + ", got " + pingEvery);
    }
    if (mostPings < 0 || !(read >= 0) || !(write >= read) || !Double.isFinite(write)) {
      throw new IllegalArgumentException(
          "expected 0 <= read <= write and pings of at least 0, got "
              + read
              + ", "
              + write
              + " and "
              + mostPings);
    }
  }

  /// What a lost entry costs, for each of its tokens.
  public double loss() {
    return write - read;
  }

  /// The chance that a ping saves the entry from which on one alone pays: `r / (w - r)`; 1 if not
  /// even certainty is enough.
  public double breakEven() {
    return breakEven(read);
  }

  /// The same for pings that cost something else than reading, for each token.
  double breakEven(double price) {
    return price >= loss() ? 1 : price / loss();
  }

  /// How many pings an idle period may have, so that they never cost more than the loss that they
  /// avert: `floor((w - r) / r)`, and at most [#mostPings()].
  public int clamp() {
    return read * mostPings <= loss() ? mostPings : (int) Math.floor(loss() / read + 1e-9);
  }

  /// When all is decided: a user who comes back later finds the entry gone, however many pings
  /// there were.
  public Duration horizon() {
    return pingEvery.multipliedBy(mostPings).plus(timeToLive);
  }
}
