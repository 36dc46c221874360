package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// A change of a conversation's attributes; null leaves one unchanged.
///
/// @param model the full name
/// @param cwd the working directory
/// @param budget the new daily budget
/// @param onlyIf changes nothing unless the conversation equals this; null for any
record ConversationChange(
    @Nullable String model,
    @Nullable String cwd,
    @Nullable String tenant,
    @Nullable BudgetChange budget,
    @Nullable Conversation onlyIf) {

  static final ConversationChange NONE = new ConversationChange(null, null, null, null);

  /// An unconditional change.
  ConversationChange(
      @Nullable String model,
      @Nullable String cwd,
      @Nullable String tenant,
      @Nullable BudgetChange budget) {
    this(model, cwd, tenant, budget, null);
  }

  /// A new daily budget.
  ///
  /// @param micros in micro-dollars; null for no limit
  record BudgetChange(@Nullable Long micros) {}

  /// Applies the change.
  Conversation of(Conversation before) {
    if (onlyIf != null && !onlyIf.equals(before)) {
      return before;
    }
    return new Conversation(
        before.id(),
        model == null ? before.model() : model,
        cwd == null ? before.cwd() : cwd,
        tenant == null ? before.tenant() : tenant,
        budget == null ? before.dailyBudget() : budget.micros(),
        before.costs(),
        before.warming());
  }

  /// Assigns a conversation without any request to a tenant.
  ///
  /// @param untouched the state of such a conversation
  static ConversationChange claim(String tenant, Conversation untouched) {
    return new ConversationChange(null, null, tenant, null, untouched);
  }
}
