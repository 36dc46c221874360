package io.stoker.prompts;

/// The size of a conversation's history.
///
/// @param parts the number of its parts
/// @param characters their total length as stored
public record HistorySize(long parts, long characters) {

  static final HistorySize NONE = new HistorySize(0, 0);
}
