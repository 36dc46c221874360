package io.stoker.prompts.policy;

/// The token counts that the policy weighs against each other.
///
/// @param prefixTokens the length of the cached prompt
/// @param writtenTokens how much of it the next request writes: only the new part, or all of it
///   after a miss
/// @param extraTokens what a warm costs besides reading the prefix, in uncached input tokens: its
///   own message and its output
public record PromptSize(long prefixTokens, long writtenTokens, double extraTokens) {

  /// Checks that nothing is negative.
  public PromptSize {
    if (prefixTokens < 0 || writtenTokens < 0 || !(extraTokens >= 0)) {
      throw new IllegalArgumentException("tokens cannot be negative");
    }
  }

  /// Tokens written, per token of the prefix.
  double writtenShare() {
    return (double) writtenTokens / Math.max(1, prefixTokens);
  }

  double extraShare() {
    return extraTokens / Math.max(1, prefixTokens);
  }
}
