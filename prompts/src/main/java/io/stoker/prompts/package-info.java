/// Keeps an LLM provider's prompt cache warm, one conversation at a time.
///
/// [PromptWarmer] is what applications call. It passes commands on to [ConversationWriter], which
/// handles those of a conversation one at a time: [PromptSchedule] decides, and what was decided is
/// saved, scheduled, asked of the provider and published, in this order. [PromptChat] runs turns
/// and tells the warmer when they begin and settle. [PromptProvider] is where answers and warms
/// come from, [PromptStore] where conversations are kept. Whether a warm is worth its price,
/// [io.stoker.prompts.policy] says, and [PromptLedger] what it came to. Which of several processes
/// has a conversation, [PromptLeases] says.
@org.jspecify.annotations.NullMarked
package io.stoker.prompts;
