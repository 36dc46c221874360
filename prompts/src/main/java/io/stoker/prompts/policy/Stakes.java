package io.stoker.prompts.policy;

/// What is at stake in an idle period.
///
/// @param prefixTokens how long the prompt is that the cache keeps
/// @param writtenTokens how much of it the next request writes: what is new, or all of it if the
///   entry is gone
/// @param extraTokens what a ping costs beside reading the prefix, in plain tokens of the prompt:
///   what it says itself, and what is answered
public record Stakes(long prefixTokens, long writtenTokens, double extraTokens) {

  /// Checks that nothing is negative.
  public Stakes {
    if (prefixTokens < 0 || writtenTokens < 0 || !(extraTokens >= 0)) {
      throw new IllegalArgumentException("tokens cannot be negative");
    }
  }

  /// How much is written, for each token of the prefix.
  double writtenShare() {
    return (double) writtenTokens / Math.max(1, prefixTokens);
  }

  double extraShare() {
    return extraTokens / Math.max(1, prefixTokens);
  }
}
