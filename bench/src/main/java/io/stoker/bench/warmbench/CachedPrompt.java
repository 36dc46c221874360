package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import java.time.Duration;

/// The cached prompt of a conversation after a request.
///
/// @param tier the tier that the request asked for
/// @param terms the terms of that tier
/// @param tokens the length of its prompt
/// @param lasting the length of the prefix that was written for the longer TTL
record CachedPrompt(
    CacheLifetime keeping, CacheTier tier, CachePricing terms, long tokens, long lasting) {

  /// How many tokens are still cached after an idle period.
  ///
  /// @param pings the number of pings sent in that time
  /// @param others the TTL of the other tier
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

  /// How many tokens pings must write again although they are in time: those written for the
  /// shorter TTL but pinged as if for the longer one.
  long writtenByPings(int pings) {
    boolean isMistaken =
        keeping == CacheLifetime.IN_PARTS && tier == CacheTier.LASTING && pings > 0;
    return isMistaken ? tokens - lasting : 0;
  }

  /// The cached prompt after the next request.
  ///
  /// @param pings the number of pings sent before it
  /// @param found how many tokens of its prompt were cached
  CachedPrompt then(int pings, long found, CacheTier asked, CachePricing askedTerms, long prompt) {
    long kept = Math.min(found, writtenByPings(pings) > 0 ? tokens : lasting);
    boolean isLasting = asked == CacheTier.LASTING && kept == found;
    return new CachedPrompt(keeping, asked, askedTerms, prompt, isLasting ? prompt : kept);
  }
}
