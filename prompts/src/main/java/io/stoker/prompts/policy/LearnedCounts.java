package io.stoker.prompts.policy;

import java.util.List;

/// A row of what an [AdaptivePolicy] has learned, in the form in which it is saved.
///
/// @param tenant empty for the counts of all tenants
/// @param topic what was counted, such as a stop reason and a cache tier
public record LearnedCounts(String tenant, String topic, List<Double> counts) {

  /// Copies the list.
  public LearnedCounts {
    counts = List.copyOf(counts);
  }
}
