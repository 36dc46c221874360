package io.stoker.examples.ragapp;

import io.stoker.Time;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerSettings;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.Batch;
import io.stoker.answers.BatchOptions;
import io.stoker.answers.HttpPipelineSettings;
import io.stoker.answers.Submission;
import io.stoker.answers.WakeSignal;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Warms the answers of a RAG application ahead of its users. They are stored in memory here;
/// `AnswerStore.sqlite` stores them in a file, `AnswerStore.postgres` for several processes.
/// Thread-safe.
public final class Assistant implements AutoCloseable {

  private static final AnswerSettings USUAL = AnswerSettings.STANDARD;
  private static final AnswerSettings FOUR_AT_A_TIME =
      new AnswerSettings(
          4,
          Duration.ZERO,
          null,
          USUAL.lease(),
          USUAL.retries(),
          USUAL.timeToLive(),
          USUAL.maxEntries(),
          USUAL.minimumConfidence(),
          USUAL.warmTop());

  private final Time time = Time.system();
  private final AnswerStore store = AnswerStore.inMemory(time);
  private final WakeSignal signal = WakeSignal.inProcess();
  private final AnswerCache cache;
  private final AnswerWorker worker;

  /// Starts the worker.
  ///
  /// @param application the address that questions are posted to
  public Assistant(URI application) {
    var pipeline = AnswerPipeline.http(new HttpPipelineSettings(application), time);
    cache = new AnswerCache(store, pipeline, () -> FOUR_AT_A_TIME, time);
    worker = new AnswerWorker(store, cache, signal, () -> FOUR_AT_A_TIME, time);
    worker.start();
  }

  /// Starts an application, warms the answers to three questions, and asks some.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (var application = new RagApp(0);
        var assistant = new Assistant(application.uri())) {
      var batch =
          assistant.warm(List.of("When do you open?", "Where can I park?", "Can I have a refund?"));
      System.out.println("warmed: " + batch.counts().completed() + " of " + batch.counts().total());
      for (var question : List.of("where can i park", "Is there a refund?", "Is there a refund?")) {
        var reply = assistant.ask(question);
        System.out.println((reply.cached() ? "cached:  " : "fresh:   ") + reply.answer().text());
      }
      System.out.println("the application was asked " + application.asked() + " times");
    }
  }

  /// Queues questions, and waits until all are answered.
  Batch warm(List<String> questions) throws InterruptedException {
    var batch = store.queue().submit(new Submission(questions, BatchOptions.STANDARD, null));
    signal.wake();
    while (!batch.state().isOver()) {
      time.pause(Duration.ofMillis(20));
      batch = store.queue().batch(batch.id()).orElseThrow();
    }
    return batch;
  }

  /// The answer that a user gets.
  AnswerCache.Reply ask(String question) throws InterruptedException {
    return cache.ask(question, "");
  }

  @Override
  public void close() {
    worker.close();
    signal.close();
    store.close();
  }
}
