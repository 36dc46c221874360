package io.stoker.answers.rag;

import io.stoker.Time;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerPipeline;

/// Makes the stock pipeline.
public final class RagPipelines {

  private RagPipelines() {}

  /// A pipeline that answers from documents, and follows their changes. Nothing is read before the
  /// first question.
  public static AnswerPipeline stock(AnswerDocuments documents, RagSettings settings, Time time) {
    var chat = settings.chat();
    return new StockPipeline(
        new PassageIndex(documents, settings.encoder(), time),
        chat == null ? null : new ChatModel(chat, time),
        settings.passages());
  }
}
