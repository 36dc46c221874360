package io.stoker.prompts.policy;

/// How a conversation's warms are scheduled.
public enum PolicyMode {
  /// At a fixed interval after the previous request.
  INTERVAL,
  /// While the next warm is expected to save more than it costs.
  ADAPTIVE,
  /// Never.
  OFF
}
