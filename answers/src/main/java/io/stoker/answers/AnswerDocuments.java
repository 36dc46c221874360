package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The documents that the RAG pipeline answers from. Thread-safe.
public interface AnswerDocuments {

  /// A document.
  ///
  /// @param id its key
  /// @param version increases with every change
  /// @param scope who may see it; empty for everybody
  /// @param text plain text or Markdown
  record Document(
      String id, long version, String title, String scope, String text, Instant changedAt) {}

  /// Adds a document, or replaces the one with this id and scope. Answers based on the old version
  /// become stale, as after [AnswerEntries#documentChanged].
  ///
  /// @return the document with its version, which stays the same if the text does
  Document put(String id, String title, String scope, String text);

  /// The document with this id and scope.
  Optional<Document> get(String id, String scope);

  /// All documents, by title.
  List<Document> all();

  /// Deletes the document with this id and scope; answers based on it become stale. False if there
  /// is none.
  boolean delete(String id, String scope);

  /// Number and size of all documents.
  Size size();

  /// Number and size of documents.
  ///
  /// @param bytes of all texts in UTF-8
  record Size(long documents, long bytes) {}

  /// Increases with every change of any document.
  long version();
}
