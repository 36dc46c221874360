package io.stoker.prompts;

/// A piece of history without its place yet.
public record Message(MessageRole role, HistoryPart part) {}
