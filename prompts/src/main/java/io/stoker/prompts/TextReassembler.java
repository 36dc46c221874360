package io.stoker.prompts;

import io.stoker.TextRules;

/// Puts the pieces of a text together so that none of them ends in the middle of a character, as
/// pieces of some providers do. Confined to one thread.
final class TextReassembler {

  private String half = "";

  /// What can be told once this piece has come; empty if that is nothing yet.
  String take(String piece) {
    var text = half + piece;
    int end = TextRules.endsInHighSurrogate(text) ? text.length() - 1 : text.length();
    half = text.substring(end);
    return TextRules.sanitized(text.substring(0, end));
  }

  /// What is left when nothing more comes: U+FFFD for half a character.
  String rest() {
    var rest = TextRules.sanitized(half);
    half = "";
    return rest;
  }
}
