package io.stoker.answers.rag;

import io.stoker.answers.AnswerDocuments.Document;

/// A part of a document that is short enough to be read at once.
///
/// @param headings the headings it stands under, from the outermost, joined by ` › `; empty if none
/// @param text the document's own words, unchanged
record Passage(Document document, String headings, String text) {

  /// All that it is found by.
  String words() {
    return document.title() + '\n' + headings + '\n' + text;
  }

  /// Its own words: its text, and the heading right above it if that is not the document's title.
  String ownWords() {
    var heading = headings.substring(headings.lastIndexOf('›') + 1).strip();
    return heading.equals(document.title()) ? text : heading + '\n' + text;
  }

  /// What to call it.
  String heading() {
    if (headings.isEmpty()) {
      return document.title();
    }
    return headings.startsWith(document.title()) ? headings : document.title() + " › " + headings;
  }
}
