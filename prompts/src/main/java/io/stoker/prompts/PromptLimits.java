package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// How much of conversations is kept, so that nobody can fill the disk; 0 is any number.
///
/// @param conversations how many there may be in all
/// @param conversationsOfTenant how many a tenant may have, or those who are of none together
/// @param parts how many pieces a conversation's history may have before no turn begins any more
/// @param characters how long they may be together
/// @param unusedDays after how many days without a turn, a warm or a change a conversation is
///   deleted; null for never
public record PromptLimits(
    long conversations,
    long conversationsOfTenant,
    long parts,
    long characters,
    @Nullable Integer unusedDays) {

  /// No limits.
  public static final PromptLimits NONE = new PromptLimits(0, 0, 0, 0, null);

  /// Checks them.
  public PromptLimits {
    if (conversations < 0 || conversationsOfTenant < 0 || parts < 0 || characters < 0) {
      throw new IllegalArgumentException("expected limits of at least 0, got a negative one");
    }
    if (unusedDays != null && unusedDays < 1) {
      throw new IllegalArgumentException("expected at least 1 day, got " + unusedDays);
    }
  }
}
