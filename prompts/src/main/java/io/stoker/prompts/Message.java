package io.stoker.prompts;

/// A history part with its role.
public record Message(MessageRole role, HistoryPart part) {}
