package io.stoker.prompts.policy;

import java.util.List;

/// A part of what a policy has learned, to be kept by somebody else.
///
/// @param tenant whose habits they are; empty for those of all
/// @param topic what it is about
/// @param counts what was counted
public record Learned(String tenant, String topic, List<Double> counts) {

  /// Copies the list.
  public Learned {
    counts = List.copyOf(counts);
  }
}
