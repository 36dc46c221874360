package io.stoker.answers;

import io.stoker.CallException;
import io.stoker.Time;

/// Answers questions: the stock pipeline, or the user's own RAG application. Thread-safe.
public interface AnswerPipeline {

  /// Answers. Waits for as long as it takes, within the pipeline's own time limits.
  ///
  /// @throws CallException if there is no answer
  /// @throws InterruptedException if the thread is interrupted; the call outside is broken off
  Answer answer(String question, String scope) throws InterruptedException;

  /// What else than question and scope decides on an answer: model, prompt, version of the corpus.
  /// Part of an answer's key; must be cheap.
  String version();

  /// The user's own RAG application, asked by HTTP: posts `{"question", "scope"}` and reads
  /// `{"answer", "sources", "confidence", "model", "cacheable"}`, of which only `answer` must be
  /// there. The pipeline of documents that Stoker holds is in `io.stoker.answers.rag`.
  static AnswerPipeline http(HttpPipelineSettings settings, Time time) {
    return new HttpPipeline(settings, time);
  }
}
