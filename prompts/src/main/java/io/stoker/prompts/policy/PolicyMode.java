package io.stoker.prompts.policy;

/// How it is decided when a conversation is warmed.
public enum PolicyMode {
  /// Again and again, an interval after what came before.
  INTERVAL,
  /// As long as the next ping is worth its price, by what was learned of those who come back.
  ADAPTIVE,
  /// Not at all.
  OFF
}
