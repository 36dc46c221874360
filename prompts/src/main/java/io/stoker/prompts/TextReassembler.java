package io.stoker.prompts;

import io.stoker.TextRules;

/// Reassembles surrogate pairs that are split between the pieces of a streamed text. Confined to
/// one thread.
final class TextReassembler {

  private String half = "";

  /// Adds a piece; returns the text that is complete now, which may be empty.
  String add(String piece) {
    var text = half + piece;
    int end = TextRules.endsInHighSurrogate(text) ? text.length() - 1 : text.length();
    half = text.substring(end);
    return TextRules.sanitized(text.substring(0, end));
  }

  /// Ends the text; returns U+FFFD for half a pair, or nothing.
  String flush() {
    var rest = TextRules.sanitized(half);
    half = "";
    return rest;
  }
}
