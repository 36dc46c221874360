package io.stoker.prompts;

import java.time.Duration;

/// What holds of a provider's cache for one model.
///
/// @param timeToLive how long an entry lives after the start of the last request that used it
/// @param minimumTokens how long a prompt's beginning must be to be kept at all
/// @param refresh what keeps an entry alive
/// @param instead what is done about it instead of small requests; empty where they are sent
public record CacheProfile(
    Duration timeToLive, int minimumTokens, Refresh refresh, String instead) {

  /// What keeps an entry alive.
  public enum Refresh {
    /// A small request now and then.
    PING,
    /// Something said with each real request.
    REQUEST,
    /// Nothing that pays.
    NEVER
  }

  /// What is assumed of a model that nothing is known of: five minutes, and pings.
  public static final CacheProfile UNKNOWN =
      new CacheProfile(Duration.ofMinutes(5), 0, Refresh.PING, "");

  /// Checks that it can be lived by.
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
