package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.StopReason;
import org.jspecify.annotations.Nullable;

/// A request of a conversation, or its end.
///
/// @param atMillis when the request begins, or the conversation is closed
/// @param stop why the model stops; null for the end of the conversation
/// @param prompt the tokens of the request's prompt
/// @param added how many of them the previous request did not have; all for the first
record TrafficEvent(
    long atMillis,
    String tenant,
    String conversation,
    @Nullable StopReason stop,
    long prompt,
    long added) {}
