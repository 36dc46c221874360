package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import java.time.Duration;

/// What the cache holds of a conversation once a request has been made.
///
/// @param tier that the request asked for
/// @param terms of that tier
/// @param tokens how long its prompt was
/// @param lasting how much of its beginning was written for the longer time
record CachedPrompt(
    CacheLifetime keeping, CacheTier tier, CachePricing terms, long tokens, long lasting) {

  /// How much of it is there after a time without requests.
  ///
  /// @param pings how many were sent in that time
  /// @param others for how long the other tier keeps an entry
  long found(Duration idle, int pings, Duration others) {
    var lastUse = terms.warmEvery().multipliedBy(pings);
    var asked = lastUse.plus(terms.timeToLive());
    if (keeping == CacheLifetime.WHOLE || writtenByPings(pings) > 0) {
      return idle.compareTo(asked) <= 0 ? tokens : 0;
    }
    var other = lastUse.plus(others);
    if (idle.compareTo(asked) <= 0 && idle.compareTo(other) <= 0) {
      return tokens;
    }
    return idle.compareTo(asked) <= 0 || idle.compareTo(other) <= 0 ? lasting : 0;
  }

  /// How much pings find gone although they come in time, and write anew: what was written for the
  /// shorter time and is pinged as if it were kept for the longer one.
  long writtenByPings(int pings) {
    boolean isMistaken =
        keeping == CacheLifetime.IN_PARTS && tier == CacheTier.LASTING && pings > 0;
    return isMistaken ? tokens - lasting : 0;
  }

  /// What is held after the next request.
  ///
  /// @param pings how many were sent before it
  /// @param found how much of its prompt was there
  CachedPrompt then(int pings, long found, CacheTier asked, CachePricing askedTerms, long prompt) {
    long kept = Math.min(found, writtenByPings(pings) > 0 ? tokens : lasting);
    boolean isLasting = asked == CacheTier.LASTING && kept == found;
    return new CachedPrompt(keeping, asked, askedTerms, prompt, isLasting ? prompt : kept);
  }
}
