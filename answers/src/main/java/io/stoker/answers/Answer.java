package io.stoker.answers;

import io.stoker.TextRules;
import java.util.List;

/// An answer of a pipeline.
///
/// @param text the answer
/// @param sources the passages it is based on
/// @param confidence how sure the pipeline is, from 0 to 100
/// @param model the model that wrote it; `extractive` if it quotes passages
/// @param notCacheable why it must not be cached; empty if it may be
public record Answer(
    String text, List<Source> sources, int confidence, String model, String notCacheable) {

  /// Copies the sources, and replaces characters that cannot be stored.
  public Answer {
    text = TextRules.sanitized(text);
    model = TextRules.sanitized(model);
    notCacheable = TextRules.sanitized(notCacheable);
    sources = List.copyOf(sources);
    if (confidence < 0 || confidence > 100) {
      throw new IllegalArgumentException("confidence must be 0 to 100 but was " + confidence);
    }
  }

  /// A passage that an answer is based on.
  ///
  /// @param document the document's key
  /// @param version the version of the document that was read
  /// @param title the document's title
  /// @param passage the quoted text; may be empty
  /// @param score how well it matches the question; higher is better
  public record Source(String document, long version, String title, String passage, double score) {

    /// Replaces characters that cannot be stored.
    public Source {
      document = TextRules.sanitized(document);
      title = TextRules.sanitized(title);
      passage = TextRules.sanitized(passage);
    }
  }
}
