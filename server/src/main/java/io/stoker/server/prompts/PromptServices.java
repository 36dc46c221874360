package io.stoker.server.prompts;

import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.PromptStore;
import io.stoker.prompts.PromptWarmer;
import io.stoker.prompts.WarmingPolicy;

/// What a server does about prompts. Thread-safe.
///
/// @param store conversations and their history
/// @param providers who answers
/// @param policy whether and for how much conversations are warmed
/// @param warmer keeps their caches warm
/// @param chat runs turns
public record PromptServices(
    PromptStore store,
    PromptProviders providers,
    WarmingPolicy policy,
    PromptWarmer warmer,
    PromptChat chat) {}
