package io.stoker.answers;

import io.stoker.CallException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A pipeline whose behaviour is set by the test. Thread-safe.
final class ScriptedPipeline implements AnswerPipeline {

  /// What to do with a question.
  interface Script {
    Answer answer(String question) throws InterruptedException;
  }

  private final AtomicReference<Script> script = new AtomicReference<>(ScriptedPipeline::sure);
  private final AtomicReference<String> version = new AtomicReference<>("1");
  private final AtomicInteger calls = new AtomicInteger();
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

  /// An answer that can be cached.
  static Answer sure(String question) {
    return answer("Answer to " + question, 90, "");
  }

  static Answer answer(String text, int confidence, String notCacheable) {
    var source = new Answer.Source("handbook", 1, "Handbook", "words", 1.0);
    return new Answer(text, List.of(source), confidence, "scripted", notCacheable);
  }

  void does(Script next) {
    script.set(next);
  }

  /// Fails every call from now on.
  void fails(CallException.Code code) {
    does(_ -> {
      throw new CallException(code, "the script says so", null, null);
    });
  }

  void becomes(String next) {
    version.set(next);
  }

  int calls() {
    return calls.get();
  }

  /// Waits until a call has started, and returns its question.
  String awaitCall() throws InterruptedException {
    return begun.take();
  }

  @Override
  public Answer answer(String question, String scope) throws InterruptedException {
    calls.incrementAndGet();
    begun.add(question);
    return script.get().answer(question);
  }

  @Override
  public String version() {
    return version.get();
  }
}
