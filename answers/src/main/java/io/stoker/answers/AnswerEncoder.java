package io.stoker.answers;

/// Turns text into a vector, so that texts that mean much the same lie close together. Thread-safe.
public interface AnswerEncoder {

  /// The vector of a text, of length 1, always of the same number of dimensions.
  float[] encode(String text);

  /// The cosine from which on two questions may be the same to this encoder, from 0 to 1. Encoders
  /// differ: measure it on questions of your own.
  double threshold();
}
