package io.stoker.answers;

import io.stoker.CallException;
import io.stoker.Time;

/// Answers questions: a [RAG pipeline][io.stoker.answers.rag.RagPipeline] over stored documents, or
/// the user's own RAG application. Thread-safe.
public interface AnswerPipeline {

  /// Answers a question. Blocks until the answer is complete, within the pipeline's own timeouts.
  ///
  /// @throws CallException if there is no answer
  /// @throws InterruptedException if the thread is interrupted; the call is then cancelled
  Answer answer(String question, String scope) throws InterruptedException;

  /// Identifies what determines the answer besides question and scope: model, prompt, version of
  /// the corpus. Part of the cache key. Must be cheap.
  String version();

  /// The user's own RAG application, called over HTTP: posts `{"question", "scope"}` and reads
  /// `{"answer", "sources", "confidence", "model", "cacheable"}`, of which only `answer` is
  /// required.
  static AnswerPipeline http(HttpPipelineSettings settings, Time time) {
    return new HttpPipeline(settings, time);
  }
}
