package io.stoker.answers;

import io.stoker.Time;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The corpus in memory. Thread-safe.
///
/// A document's version is the corpus' at its last change, so that one that is deleted and comes
/// back is a new one.
final class InMemoryAnswerDocuments implements AnswerDocuments {

  /// What a document is known by.
  private record Key(String id, String scope) {}

  private static final Comparator<Document> BY_TITLE =
      Comparator.comparing(Document::title)
          .thenComparing(Document::id)
          .thenComparing(Document::scope);

  private final Time time;
  private final Map<Key, Document> documents = new HashMap<>();
  private long version;

  InMemoryAnswerDocuments(Time time) {
    this.time = time;
  }

  @Override
  public synchronized Document put(String id, String title, String scope, String text) {
    var key = new Key(id, scope);
    var before = documents.get(key);
    var after =
        before != null && before.text().equals(text)
            ? new Document(id, before.version(), title, scope, text, before.changedAt())
            : new Document(id, ++version, title, scope, text, time.now());
    documents.put(key, after);
    return after;
  }

  @Override
  public synchronized Optional<Document> get(String id, String scope) {
    return Optional.ofNullable(documents.get(new Key(id, scope)));
  }

  @Override
  public synchronized List<Document> all() {
    return documents.values().stream().sorted(BY_TITLE).toList();
  }

  @Override
  public synchronized boolean delete(String id, String scope) {
    boolean deleted = documents.remove(new Key(id, scope)) != null;
    if (deleted) {
      version++;
    }
    return deleted;
  }

  @Override
  public synchronized long version() {
    return version;
  }
}
