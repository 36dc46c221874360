package io.stoker.answers;

import io.stoker.Time;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Everything about answers in memory: gone with the process. Thread-safe.
final class InMemoryAnswers implements AnswerStore {

  private final InMemoryAnswerLog log = new InMemoryAnswerLog();
  private final InMemoryAnswerEntries entries;
  private final Map<String, String> notes = new ConcurrentHashMap<>();
  private final InMemoryAnswerQueue queue;
  private final InMemoryAnswerDocuments documents;

  InMemoryAnswers(Time time) {
    this.queue = new InMemoryAnswerQueue(log, time);
    this.entries = new InMemoryAnswerEntries(queue);
    this.documents = new InMemoryAnswerDocuments(entries, time);
  }

  @Override
  public AnswerQueue queue() {
    return queue;
  }

  @Override
  public AnswerClaims claims() {
    return queue;
  }

  @Override
  public AnswerLog log() {
    return log;
  }

  @Override
  public AnswerEntries entries() {
    return entries;
  }

  @Override
  public AnswerDocuments documents() {
    return documents;
  }

  @Override
  public Optional<String> note(String name) {
    return Optional.ofNullable(notes.get(name));
  }

  @Override
  public void note(String name, String text) {
    notes.put(name, text);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
