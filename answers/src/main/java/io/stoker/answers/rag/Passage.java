package io.stoker.answers.rag;

import io.stoker.answers.AnswerDocuments.Document;

/// A part of a document, short enough for a prompt.
///
/// @param headings the headings above it, outermost first, joined by ` › `; empty if there are none
/// @param text an unchanged part of the document's text
record Passage(Document document, String headings, String text) {

  /// The text that is indexed.
  String indexedText() {
    return document.title() + '\n' + headings + '\n' + text;
  }

  /// Its text, and the heading right above it unless that is the document's title.
  String ownText() {
    var heading = headings.substring(headings.lastIndexOf('›') + 1).strip();
    return heading.equals(document.title()) ? text : heading + '\n' + text;
  }

  /// Its heading in a prompt.
  String heading() {
    if (headings.isEmpty()) {
      return document.title();
    }
    return headings.startsWith(document.title()) ? headings : document.title() + " › " + headings;
  }
}
