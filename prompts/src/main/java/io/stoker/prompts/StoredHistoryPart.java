package io.stoker.prompts;

/// A piece of history with its place.
///
/// @param seq counts from 1 in each conversation, without gaps
public record StoredHistoryPart(long seq, MessageRole role, HistoryPart part) {}
