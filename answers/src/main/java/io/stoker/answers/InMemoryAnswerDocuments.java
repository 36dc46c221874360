package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

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

  private final InMemoryAnswerEntries entries;
  private final Time time;
  private final Map<Key, Document> documents = new HashMap<>();
  private long version;

  InMemoryAnswerDocuments(InMemoryAnswerEntries entries, Time time) {
    this.entries = entries;
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
    if (before == null || before.version() != after.version()) {
      entries.documentChanged(id);
    }
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
      entries.documentChanged(id);
    }
    return deleted;
  }

  @Override
  public synchronized Size size() {
    return new Size(
        documents.size(),
        documents.values().stream().mapToLong(one -> one.text().getBytes(UTF_8).length).sum());
  }

  @Override
  public synchronized long version() {
    return version;
  }
}
