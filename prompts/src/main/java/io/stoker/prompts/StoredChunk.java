package io.stoker.prompts;

/// A piece of history with its place.
///
/// @param seq counts from 1 in each conversation, without gaps
public record StoredChunk(long seq, Role role, Chunk chunk) {}
