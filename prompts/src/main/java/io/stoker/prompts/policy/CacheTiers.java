package io.stoker.prompts.policy;

import org.jspecify.annotations.Nullable;

/// The cache tiers that a provider offers for one model.
///
/// @param model the full name, under which what is learned about the cache is counted
/// @param lasting null if there is only one tier
public record CacheTiers(String model, CachePricing brief, @Nullable CachePricing lasting) {

  /// The pricing of a tier; that of the brief tier if there is only one.
  public CachePricing pricing(CacheTier tier) {
    return tier == CacheTier.LASTING && lasting != null ? lasting : brief;
  }
}
