package io.stoker.prompts;

/// A stored history part.
///
/// @param seq numbered from 1 in each conversation, without gaps
public record StoredHistoryPart(long seq, MessageRole role, HistoryPart part) {}
