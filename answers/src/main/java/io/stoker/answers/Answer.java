package io.stoker.answers;

import io.stoker.TextRules;
import java.util.List;

/// What a pipeline answered.
///
/// @param text the answer
/// @param sources the passages it rests on
/// @param confidence how sure the pipeline is, from 0 to 100
/// @param model what wrote it; `extractive` if it is made of passages word for word
/// @param notCacheable why it must not be cached, in few words; empty if it may
public record Answer(
    String text, List<Source> sources, int confidence, String model, String notCacheable) {

  /// Keeps a copy, and replaces what keeps the texts from being whole.
  public Answer {
    text = TextRules.sanitized(text);
    model = TextRules.sanitized(model);
    notCacheable = TextRules.sanitized(notCacheable);
    sources = List.copyOf(sources);
    if (confidence < 0 || confidence > 100) {
      throw new IllegalArgumentException("confidence must be 0 to 100 but was " + confidence);
    }
  }

  /// A passage that an answer rests on.
  ///
  /// @param document the document's key
  /// @param version which version of it was read
  /// @param title the document's
  /// @param passage the words themselves; may be empty
  /// @param score how well it fits the question, greater is better
  public record Source(String document, long version, String title, String passage, double score) {

    /// Replaces what keeps the texts from being whole.
    public Source {
      document = TextRules.sanitized(document);
      title = TextRules.sanitized(title);
      passage = TextRules.sanitized(passage);
    }
  }
}
