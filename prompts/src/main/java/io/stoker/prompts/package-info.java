/// Keeps the prompt caches of LLM providers warm, for each conversation.
///
/// [PromptWarmer] is the entry point. Its commands go to [ConversationWriter], which handles those
/// of a conversation one at a time: [PromptSchedule] computes the next state, then the state is
/// saved, the timer is set, the provider is called, and listeners are notified. [PromptChat] runs
/// turns, and notifies the warmer when they begin and end. [PromptProvider] calls a model;
/// [PromptStore] stores conversations. [io.stoker.prompts.policy] decides whether a warm is worth
/// its price, [PromptLedger] records costs and savings, and [PromptLeases] decides which of several
/// processes owns a conversation.
@org.jspecify.annotations.NullMarked
package io.stoker.prompts;
