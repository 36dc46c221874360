package io.stoker;

/// The result of warming one entry. Every write yields one.
public sealed interface WarmOutcome {

  /// The cache acknowledged the entry.
  enum Warmed implements WarmOutcome {
    WARMED
  }

  /// Nothing was written, and nothing is wrong.
  ///
  /// @param reason why, in an operator's words; few distinct values, since reasons are counted
  record Skipped(String reason) implements WarmOutcome {}

  /// The entry should have been warmed, and the cache did not acknowledge it.
  ///
  /// @param reason why, in an operator's words; few distinct values, since reasons are counted
  /// @param unreachable whether the cache did not answer, as opposed to a refusal
  record Failed(String reason, boolean unreachable) implements WarmOutcome {}

  /// The one value of [Warmed].
  WarmOutcome WARMED = Warmed.WARMED;
}
