package io.stoker.prompts;

import java.time.Duration;

/// How a provider caches the prompts of one model.
///
/// @param timeToLive how long an entry lives after the start of the last request that used it
/// @param minimumTokens the shortest prefix that is cached
/// @param refresh what keeps an entry alive
/// @param instead what Stoker does where small requests do not help, in words for users; empty
///   where they are sent
public record CacheProfile(
    Duration timeToLive, int minimumTokens, Refresh refresh, String instead) {

  /// What keeps an entry alive.
  public enum Refresh {
    /// A small request.
    PING,
    /// A parameter of each real request.
    REQUEST,
    /// Nothing worth its price.
    NEVER
  }

  /// The default for unknown models: five minutes, refreshed by small requests.
  public static final CacheProfile UNKNOWN =
      new CacheProfile(Duration.ofMinutes(5), 0, Refresh.PING, "");

  /// Checks the values.
  public CacheProfile {
    if (!timeToLive.isPositive() || minimumTokens < 0) {
      throw new IllegalArgumentException(
          "expected a time to live above 0 and a minimum of at least 0, got "
              + timeToLive
              + " and "
              + minimumTokens);
    }
  }

  /// Whether small requests keep an entry alive.
  public boolean isWarmable() {
    return refresh == Refresh.PING;
  }
}
