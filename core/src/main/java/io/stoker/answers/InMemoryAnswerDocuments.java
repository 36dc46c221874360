package io.stoker.answers;

import io.stoker.Time;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The corpus in memory. Thread-safe.
///
/// A document's version is the corpus' at its last change, so that one that is deleted and comes
/// back is a new one.
final class InMemoryAnswerDocuments implements AnswerDocuments {

  /// What a document is known by.
  private record Key(String id, String scope) implements Comparable<Key> {

    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::id).thenComparing(Key::scope);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private static final Comparator<Document> BY_TITLE =
      Comparator.comparing(Document::title)
          .thenComparing(Document::id)
          .thenComparing(Document::scope);

  private final Time time;
  private final NavigableMap<Key, Document> documents = new TreeMap<>();
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
  public synchronized Optional<Document> get(String id) {
    return documents.tailMap(new Key(id, ""), true).values().stream()
        .findFirst()
        .filter(document -> document.id().equals(id));
  }

  @Override
  public synchronized List<Document> all() {
    return documents.values().stream().sorted(BY_TITLE).toList();
  }

  @Override
  public synchronized boolean delete(String id) {
    boolean deleted = documents.keySet().removeIf(key -> key.id().equals(id));
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
