package io.stoker.answers.rag;

import io.stoker.Time;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerPipeline;

/// Makes the stock pipeline.
public final class RagPipelines {

  private RagPipelines() {}

  /// A pipeline that answers from documents, and follows their changes. Nothing is read before the
  /// first question.
  ///
  /// @throws IllegalStateException if `org.apache.lucene:lucene-core` or `lucene-analysis-common`
  ///   is not on the class path
  public static AnswerPipeline stock(AnswerDocuments documents, RagSettings settings, Time time) {
    var chat = settings.chat();
    return new StockPipeline(
        index(documents, settings, time),
        chat == null ? null : ChatModel.of(chat, time),
        settings.passages());
  }

  private static PassageIndex index(AnswerDocuments documents, RagSettings settings, Time time) {
    try {
      return new PassageIndex(documents, settings.encoder(), time);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "The stock pipeline needs org.apache.lucene:lucene-core and lucene-analysis-common on the"
              + " class path",
          e);
    }
  }
}
