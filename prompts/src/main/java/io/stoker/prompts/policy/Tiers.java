package io.stoker.prompts.policy;

import org.jspecify.annotations.Nullable;

/// The tiers that a model's cache offers.
///
/// @param cache whose it is, for what is learned about its pings; the full name of a model
/// @param brief the usual one
/// @param lasting the longer one; null if there is none
public record Tiers(String cache, TierTerms brief, @Nullable TierTerms lasting) {

  /// The terms of a tier; the usual ones where there are no longer ones.
  public TierTerms terms(Tier tier) {
    return tier == Tier.LASTING && lasting != null ? lasting : brief;
  }
}
