package io.stoker.answers;

import io.stoker.answers.AnswerEvent.Kind;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The log in memory; its lines are numbered without gaps. Thread-safe.
final class InMemoryAnswerLog implements AnswerLog {

  private final NavigableMap<Long, AnswerEvent> lines = new TreeMap<>();
  private long newest;

  /// Adds a line. Called while the change itself is still hidden from others.
  synchronized void tell(Kind kind, long batch, long query) {
    newest++;
    lines.put(newest, new AnswerEvent(newest, batch, kind, query));
  }

  @Override
  public synchronized List<AnswerEvent> after(long id, int limit) {
    return lines.tailMap(id, false).values().stream().limit(limit).toList();
  }

  @Override
  public synchronized long newest() {
    return newest;
  }

  @Override
  public synchronized long oldest() {
    return lines.isEmpty() ? newest + 1 : lines.firstKey();
  }

  @Override
  public synchronized void prune(long keep) {
    lines.headMap(newest - keep, true).clear();
  }
}
