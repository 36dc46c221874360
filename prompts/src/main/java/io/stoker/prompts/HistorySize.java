package io.stoker.prompts;

/// How much was said in a conversation.
///
/// @param parts pieces of its history
/// @param characters how long they are together, as they are stored
public record HistorySize(long parts, long characters) {

  static final HistorySize NONE = new HistorySize(0, 0);
}
