package io.stoker.examples.twonodes;

import io.stoker.Time;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerOutcome;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerSettings;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.Batch;
import io.stoker.answers.BatchOptions;
import io.stoker.answers.SharedAnswerCache;
import io.stoker.answers.Submission;
import io.stoker.answers.WakeSignal;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.util.List;

/// One of several nodes that share only a Postgres and a Redis. Thread-safe.
final class Node implements AutoCloseable {

  private static final AnswerSettings USUAL = AnswerSettings.STANDARD;
  private static final AnswerSettings TWO_AT_A_TIME =
      new AnswerSettings(
          2,
          Duration.ZERO,
          null,
          USUAL.lease(),
          USUAL.retries(),
          USUAL.timeToLive(),
          USUAL.maxEntries(),
          USUAL.minimumConfidence(),
          USUAL.warmTop());

  private final Time time = Time.system();
  private final SessionWarmer sessions;
  private final AnswerStore answers;
  private final WakeSignal signal;
  private final AnswerCache cache;
  private final AnswerWorker worker;

  /// Starts working on the queue.
  Node(Servers shared, AnswerPipeline pipeline) {
    var redis = new RedisSessions(shared.redis(), time);
    var source = SessionSource.jdbc(shared.dataSource(), SessionMapping.standard(), time);
    sessions = new SessionWarmer(source, redis.store(), redis.lock(), time);

    var tier = SharedAnswerCache.redis(shared.redis(), "stoker:", time);
    answers = AnswerStore.postgres(shared.dataSource(), tier, time);
    signal = WakeSignal.redis(shared.redis(), "stoker:", time);
    cache = new AnswerCache(answers, pipeline, () -> TWO_AT_A_TIME, time);
    worker = new AnswerWorker(answers, cache, signal, () -> TWO_AT_A_TIME, time);
    worker.start();
  }

  /// Warms the sessions, unless another node is doing so.
  SessionReport warm(SessionEvents events) {
    return sessions.warm(SessionPlan.standard(), events);
  }

  /// Queues questions for any node to answer.
  Batch submit(List<String> questions) {
    var batch = answers.queue().submit(new Submission(questions, BatchOptions.STANDARD, null));
    signal.wake();
    return batch;
  }

  /// The state of a batch, whichever node works on it.
  Batch batch(long id) {
    return answers.queue().batch(id).orElseThrow();
  }

  /// The answer that a user gets.
  AnswerCache.Reply ask(String question) throws InterruptedException {
    return cache.ask(question, "");
  }

  /// How many answers this node has stored in the shared cache.
  long answered() {
    return worker.ended(AnswerOutcome.STORED);
  }

  @Override
  public void close() {
    worker.close();
    signal.close();
    answers.close();
  }
}
