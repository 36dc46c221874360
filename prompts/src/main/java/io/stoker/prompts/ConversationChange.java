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
    @Nullable Budget budget,
    @Nullable Conversation onlyIf) {

  /// Nothing.
  static final ConversationChange NONE = new ConversationChange(null, null, null, null);

  /// Whatever it is like.
  ConversationChange(
      @Nullable String model,
      @Nullable String cwd,
      @Nullable String tenant,
      @Nullable Budget budget) {
    this(model, cwd, tenant, budget, null);
  }

  /// A budget.
  ///
  /// @param daily in micro-dollars; null for any amount
  record Budget(@Nullable Long daily) {}

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
        budget == null ? before.dailyBudget() : budget.daily(),
        before.money(),
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
