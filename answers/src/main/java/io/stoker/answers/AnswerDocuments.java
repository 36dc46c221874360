package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The documents that the stock pipeline answers from. Thread-safe.
public interface AnswerDocuments {

  /// A document.
  ///
  /// @param id its key, made from its name if nobody gave one
  /// @param version grows with every change
  /// @param scope whose it is; empty for everybody's
  /// @param text plain text or Markdown
  record Document(
      String id, long version, String title, String scope, String text, Instant changedAt) {}

  /// Adds a document, or puts a new version in the place of the one with this id and scope. What
  /// rested on the one before is stale then, as after [AnswerEntries#documentChanged].
  ///
  /// @return the document with its version. If the text is the same, so is the version
  Document put(String id, String title, String scope, String text);

  /// The document with this id and scope.
  Optional<Document> get(String id, String scope);

  /// All documents, by title.
  List<Document> all();

  /// Deletes the document with this id and scope; what rested on it is stale then. False if there
  /// is none.
  boolean delete(String id, String scope);

  /// How much there is.
  Size size();

  /// How much there is.
  ///
  /// @param bytes of all texts
  record Size(long documents, long bytes) {}

  /// Grows with every change of any document.
  long version();
}
