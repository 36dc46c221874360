package io.stoker.answers.rag;

import io.stoker.answers.AnswerCache;
import java.util.Optional;
import java.util.ServiceLoader;

/// Turns questions and passages into vectors, of which those of similar meaning point the same way.
/// Thread-safe.
public interface Encoder extends AnswerCache.Encoder {

  /// What tells its vectors from those of others.
  String id();

  /// The first encoder that is installed, as a service; `stoker-minilm` brings one. Empty without
  /// any.
  static Optional<Encoder> installed() {
    return ServiceLoader.load(Encoder.class, Encoder.class.getClassLoader()).findFirst();
  }
}
