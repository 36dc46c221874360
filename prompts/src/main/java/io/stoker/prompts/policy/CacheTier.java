package io.stoker.prompts.policy;

/// How long a provider is asked to keep a cache entry.
public enum CacheTier {
  /// The usual time, such as five minutes.
  BRIEF,
  /// A longer time that costs more, such as an hour.
  LASTING
}
