package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// Limits on stored conversations; 0 is no limit.
///
/// @param conversations the number in all
/// @param conversationsOfTenant the number per tenant, and without a tenant
/// @param parts the number of history parts at which a conversation accepts no more turns
/// @param characters the total length of a history
/// @param unusedDays the days without a turn, a warm or a change after which a conversation is
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
