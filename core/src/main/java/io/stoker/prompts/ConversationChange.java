package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// What is to be different about a conversation; null leaves a part as it is.
///
/// @param model the full name of its model
/// @param cwd the folder it is about
/// @param tenant who it belongs to
/// @param budget what its warms may cost on a day
record ConversationChange(
    @Nullable String model,
    @Nullable String cwd,
    @Nullable String tenant,
    @Nullable Budget budget) {

  /// Nothing.
  static final ConversationChange NONE = new ConversationChange(null, null, null, null);

  /// A budget.
  ///
  /// @param daily in micro-dollars; null for any amount
  record Budget(@Nullable Long daily) {}

  /// The conversation with it.
  Conversation of(Conversation before) {
    return new Conversation(
        before.id(),
        model == null ? before.model() : model,
        cwd == null ? before.cwd() : cwd,
        tenant == null ? before.tenant() : tenant,
        budget == null ? before.dailyBudget() : budget.daily(),
        before.money(),
        before.warming());
  }
}
