package io.stoker.answers.rag;

import io.stoker.answers.Encoder;
import org.jspecify.annotations.Nullable;

/// How the stock pipeline answers.
///
/// @param chat the model that words the answers; null for answers that are the best passages word
///   for word
/// @param encoder turns texts into vectors, so that passages are also found by their meaning; null
///   to search by words alone, which needs no library beside Lucene
/// @param passages how many passages an answer may rest on
public record RagSettings(@Nullable ChatSettings chat, @Nullable Encoder encoder, int passages) {

  /// Passages word for word, found by their words.
  public static final RagSettings EXTRACTIVE = new RagSettings(null, null, 4);

  /// Checks the number.
  public RagSettings {
    if (passages < 1 || passages > 20) {
      throw new IllegalArgumentException("passages must be 1 to 20 but was " + passages);
    }
  }

  /// The same with a model that words the answers.
  public RagSettings with(ChatSettings model) {
    return new RagSettings(model, encoder, passages);
  }

  /// The same with search by meaning as well.
  public RagSettings with(Encoder meaning) {
    return new RagSettings(chat, meaning, passages);
  }
}
