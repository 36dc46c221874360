package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// What is to be different about a conversation; null leaves a part as it is.
///
/// @param model the full name of its model
/// @param cwd the folder it is about
/// @param tenant who it belongs to
/// @param budget what its warms may cost on a day
/// @param onlyIf what it has to be like for anything to change; null for anything
record ConversationChange(
    @Nullable String model,
    @Nullable String cwd,
    @Nullable String tenant,
    @Nullable BudgetChange budget,
    @Nullable Conversation onlyIf) {

  /// Nothing.
  static final ConversationChange NONE = new ConversationChange(null, null, null, null);

  /// Whatever it is like.
  ConversationChange(
      @Nullable String model,
      @Nullable String cwd,
      @Nullable String tenant,
      @Nullable BudgetChange budget) {
    this(model, cwd, tenant, budget, null);
  }

  /// A budget.
  ///
  /// @param micros in micro-dollars; null for any amount
  record BudgetChange(@Nullable Long micros) {}

  /// The conversation with it.
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

  /// Gives a conversation to a tenant, if nothing was ever done with it.
  ///
  /// @param tenant who claims it
  /// @param untouched what it is like then
  static ConversationChange claim(String tenant, Conversation untouched) {
    return new ConversationChange(null, null, tenant, null, untouched);
  }
}
