package io.stoker.answers;

import java.util.Optional;

/// Everything about answers that must survive: queue, log, cached answers, documents, settings.
/// Thread-safe.
public interface AnswerStore extends AutoCloseable {

  /// For owners.
  AnswerQueue queue();

  /// For workers.
  AnswerClaims claims();

  /// For viewers.
  AnswerLog log();

  /// The answers themselves.
  AnswerEntries entries();

  /// The corpus of the stock pipeline.
  AnswerDocuments documents();

  /// A text kept under a name, such as settings changed while running.
  Optional<String> note(String name);

  /// Keeps a text under a name.
  void note(String name, String text);

  /// Finishes what is being written, and closes what this store has opened.
  @Override
  void close();
}
