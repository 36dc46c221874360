package io.stoker.answers;

import java.util.Optional;
import java.util.ServiceLoader;

/// An embedding model: turns text into vectors that point the same way if the texts mean much the
/// same. Thread-safe.
public interface Encoder {

  /// The embedding of a text: of length 1, always with the same number of dimensions.
  float[] encode(String text);

  /// The cosine similarity, from 0 to 1, above which two questions may mean the same. It differs
  /// between models: measure it on your own questions.
  double threshold();

  /// The model's name. Vectors of encoders with different ids cannot be compared.
  String id();

  /// The first encoder on the class path, found as a service; `stoker-minilm` provides one.
  static Optional<Encoder> installed() {
    return ServiceLoader.load(Encoder.class, Encoder.class.getClassLoader()).findFirst();
  }
}
