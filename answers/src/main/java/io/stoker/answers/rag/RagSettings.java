package io.stoker.answers.rag;

import io.stoker.answers.Encoder;
import org.jspecify.annotations.Nullable;

/// Settings of the RAG pipeline.
///
/// @param chat the model that writes the answers; null to quote the best passages
/// @param encoder for search by meaning as well; null to search by words only
/// @param passages the most passages that an answer is based on
public record RagSettings(@Nullable ChatSettings chat, @Nullable Encoder encoder, int passages) {

  /// Quotes passages, found by words.
  public static final RagSettings EXTRACTIVE = new RagSettings(null, null, 4);

  /// Checks the number of passages.
  public RagSettings {
    if (passages < 1 || passages > 20) {
      throw new IllegalArgumentException("passages must be 1 to 20 but was " + passages);
    }
  }

  /// These settings with a chat model.
  public RagSettings with(ChatSettings model) {
    return new RagSettings(model, encoder, passages);
  }

  /// These settings with search by meaning.
  public RagSettings with(Encoder other) {
    return new RagSettings(chat, other, passages);
  }
}
