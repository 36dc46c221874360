package io.stoker.prompts.policy;

/// For how long a provider is asked to keep what it writes to its cache.
public enum Tier {
  /// The usual time, such as five minutes.
  BRIEF,
  /// A longer time that costs more, such as an hour.
  LASTING
}
