package io.stoker.answers;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.ManualTime;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.AnswerWorker.Wait.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerWorkerTest {

  private static final Duration LEASE = ofMinutes(1);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final AnswerStore store = AnswerStore.inMemory(time);
  private final ScriptedPipeline pipeline = new ScriptedPipeline();
  private final AtomicReference<AnswerSettings> settings =
      new AtomicReference<>(settings(1, Duration.ZERO));
  private final AnswerCache cache = new AnswerCache(store, pipeline, settings::get, time);
  private final WakeSignal signal = WakeSignal.inProcess();
  private final AnswerWorker worker = new AnswerWorker(store, cache, signal, settings::get, time);

  @AfterEach
  void close() {
    worker.close();
  }

  private static AnswerSettings settings(int concurrency, Duration delay) {
    return settings(concurrency, delay, null);
  }

  private static AnswerSettings settings(
      int concurrency, Duration delay, @Nullable Integer perMinute) {
    var standard = AnswerSettings.STANDARD;
    return new AnswerSettings(
        concurrency,
        delay,
        perMinute,
        Duration.ofHours(12),
        standard.retries(),
        standard.timeToLive(),
        standard.maxEntries(),
        standard.minimumConfidence(),
        standard.warmTop());
  }

  private Batch submit(String... questions) {
    var batch =
        store.queue().submit(new Submission(List.of(questions), BatchOptions.STANDARD, null));
    signal.wake();
    return batch;
  }

  private Batch now(Batch batch) {
    return store.queue().batch(batch.id()).orElseThrow();
  }

  private Question only(Batch batch) {
    return store.queue().questions(batch.id(), null, 1, null).items().getFirst();
  }

  private void awaitState(Batch batch, BatchState state) {
    await().until(() -> now(batch).state() == state);
  }

  /// Advances the clock and lets the worker poll.
  private void advance(Duration length) {
    time.advance(length);
    signal.wake();
  }

  @Test
  void every_question_of_a_batch_is_answered_and_its_answer_is_served() throws Exception {
    worker.start();

    var batch = submit("What is a lease?", "What is a batch?");

    awaitState(batch, BatchState.COMPLETED);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(2, 2, 0, 0, 0));
    var reply = cache.ask("what is a LEASE?", "");
    assertThat(reply.cached()).isTrue();
    assertThat(reply.answer().text()).isEqualTo("Answer to What is a lease?");
    assertThat(pipeline.calls()).isEqualTo(2);
  }

  @Test
  void warming_again_replaces_a_fresh_answer() throws Exception {
    worker.start();
    awaitState(submit("What is a lease?"), BatchState.COMPLETED);
    pipeline.does(_ -> ScriptedPipeline.answer("A new answer", 90, ""));

    var again = submit("What is a lease?");

    awaitState(again, BatchState.COMPLETED);
    assertThat(only(again).outcome()).isEqualTo(AnswerOutcome.REFRESHED);
    assertThat(cache.ask("What is a lease?", "").answer().text()).isEqualTo("A new answer");
  }

  @Test
  void a_question_that_kills_each_of_its_workers_fails() {
    var batch = submit("What kills you?", "What is a lease?");
    for (int life = 0; life < 10; life++) {
      assertThat(store.claims().claim(1, LEASE, null)).hasSize(1);
      time.advance(LEASE);
    }

    worker.start();

    awaitState(batch, BatchState.COMPLETED_WITH_ERRORS);
    assertThat(only(batch).outcome()).isEqualTo(AnswerOutcome.FAILED);
    assertThat(only(batch).detail()).startsWith("worker_lost: ");
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(2, 1, 1, 0, 0));
    assertThat(pipeline.calls()).isEqualTo(1);
  }

  @Test
  void an_answer_that_must_not_be_cached_does_not_count_as_completed() {
    pipeline.does(_ -> ScriptedPipeline.answer("It depends on who asks", 90, "personal"));
    worker.start();

    var batch = submit("What is my salary?");

    awaitState(batch, BatchState.COMPLETED);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(1, 0, 0, 1, 0));
    assertThat(only(batch).outcome()).isEqualTo(AnswerOutcome.NOT_CACHEABLE);
    assertThat(only(batch).detail()).isEqualTo("personal");
    assertThat(cache.find("What is my salary?", "")).isEmpty();
  }

  @Test
  void an_answer_with_low_confidence_is_not_stored() {
    pipeline.does(_ -> ScriptedPipeline.answer("Perhaps", 39, ""));
    worker.start();

    var batch = submit("Who knows?");

    awaitState(batch, BatchState.COMPLETED);
    assertThat(only(batch).outcome()).isEqualTo(AnswerOutcome.LOW_CONFIDENCE);
    assertThat(only(batch).detail()).isEqualTo("confidence 39 is below 40");
    assertThat(cache.find("Who knows?", "")).isEmpty();
  }

  @Test
  void a_question_that_is_refused_fails_at_once() {
    pipeline.fails(Code.REFUSED);
    worker.start();

    var batch = submit("Something forbidden");

    awaitState(batch, BatchState.COMPLETED_WITH_ERRORS);
    assertThat(only(batch).state()).isEqualTo(QuestionState.FAILED);
    assertThat(only(batch).attempts()).isEqualTo(1);
    assertThat(only(batch).detail()).isEqualTo("refused: the script says so");
  }

  @Test
  void a_call_that_takes_too_long_is_made_three_times_more_and_then_fails() {
    pipeline.fails(Code.TIMED_OUT);
    worker.start();
    var batch = submit("Slow");

    for (int attempt = 1; attempt <= 3; attempt++) {
      int made = attempt;
      await().until(() -> only(batch).attempts() == made && only(batch).notBefore() != null);
      assertThat(now(batch).state()).isEqualTo(BatchState.RUNNING);
      advance(ofMinutes(3));
    }

    awaitState(batch, BatchState.COMPLETED_WITH_ERRORS);
    assertThat(only(batch).attempts()).isEqualTo(4);
    assertThat(pipeline.calls()).isEqualTo(4);
  }

  @Test
  void an_outage_pauses_the_worker_and_fails_no_question() {
    pipeline.fails(Code.UNAVAILABLE);
    settings.set(settings(4, Duration.ZERO));
    worker.start();
    var batch =
        submit(IntStream.range(0, 30).mapToObj(i -> "question " + i).toArray(String[]::new));
    await().until(() -> worker.status().waiting() != null);

    for (int i = 0; i < 20; i++) {
      awaitAnotherCall();
    }
    assertThat(now(batch).counts().failed()).isZero();

    pipeline.does(ScriptedPipeline::sure);
    await()
        .until(() -> {
          advance(ofSeconds(121));
          return now(batch).state() == BatchState.COMPLETED;
        });
    assertThat(now(batch).counts().completed()).isEqualTo(30);
    assertThat(worker.status().waiting()).isNull();
  }

  private void failsFor(String poison) {
    pipeline.does(question -> {
      if (question.startsWith(poison)) {
        throw new CallException(Code.UNAVAILABLE, "HTTP 500", null, null);
      }
      return ScriptedPipeline.sure(question);
    });
  }

  private void advanceUntil(BooleanSupplier done) {
    await()
        .atMost(ofMinutes(2))
        .pollDelay(Duration.ZERO)
        .pollInterval(ofMillis(5))
        .until(() -> {
          if (done.getAsBoolean()) {
            return true;
          }
          if (worker.status().inFlight() == 0) {
            advance(ofSeconds(5));
          }
          return false;
        });
  }

  private void awaitAnotherCall() {
    int before = pipeline.calls();
    await()
        .atMost(ofMinutes(2))
        .pollDelay(Duration.ZERO)
        .pollInterval(ofMillis(5))
        .until(() -> {
          boolean idle = worker.status().inFlight() == 0;
          if (idle && pipeline.calls() > before) {
            return true;
          }
          if (idle) {
            advance(ofSeconds(121));
          }
          return false;
        });
  }

  @Test
  void failing_questions_fail_no_others() {
    failsFor("poison");
    worker.start();

    var batch = submit("poison 1", "poison 2", "poison 3", "poison 4", "a", "b", "c", "d");

    advanceUntil(() -> now(batch).state().isOver());
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(8, 4, 4, 0, 0));
    assertThat(only(batch).attempts()).isEqualTo(4);
    assertThat(only(batch).detail()).isEqualTo("unavailable: HTTP 500");
  }

  @Test
  void a_queue_of_failing_questions_ends() {
    failsFor("poison");
    worker.start();

    var batch = submit("poison 1", "poison 2", "poison 3", "poison 4", "poison 5");

    advanceUntil(() -> now(batch).state().isOver());
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(5, 0, 5, 0, 0));
  }

  @Test
  void a_pipeline_that_is_down_is_probed_with_another_question() throws Exception {
    failsFor("poison");
    worker.start();
    var poison = submit("poison 1", "poison 2", "poison 3");
    await().until(() -> worker.status().waiting() != null && worker.status().inFlight() == 0);
    for (int i = 1; i <= 3; i++) {
      assertThat(pipeline.awaitCall()).isEqualTo("poison " + i);
    }

    var good = submit("a");
    advance(ofSeconds(10));

    assertThat(pipeline.awaitCall()).isEqualTo("a");
    awaitState(good, BatchState.COMPLETED);
    assertThat(now(poison).state()).isEqualTo(BatchState.RUNNING);
  }

  @Test
  void one_failing_question_is_not_an_outage() {
    pipeline.fails(Code.DENIED);
    worker.start();
    var batch = submit("the only one");

    advanceUntil(() -> {
      assertThat(worker.status().waiting()).isNull();
      return now(batch).state().isOver();
    });

    assertThat(only(batch).detail()).isEqualTo("denied: the script says so");
    assertThat(only(batch).attempts()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      names = {"UNREACHABLE", "UNAVAILABLE", "DENIED", "TIMED_OUT", "BAD_ANSWER"})
  void failures_of_every_question_are_an_outage(Code code) {
    pipeline.fails(code);
    worker.start();
    var batch =
        submit(IntStream.range(0, 1000).mapToObj(i -> "question " + i).toArray(String[]::new));

    advanceUntil(() -> worker.status().waiting() != null && worker.status().inFlight() == 0);
    for (int i = 0; i < 20; i++) {
      awaitAnotherCall();
    }

    assertThat(pipeline.calls()).isBetween(23, 40);
    assertThat(now(batch).counts().failed()).isZero();
    assertThat(worker.status().waiting())
        .extracting(AnswerWorker.Wait::cause, AnswerWorker.Wait::lastError)
        .containsExactly(Cause.PIPELINE_DOWN, "the script says so");
  }

  @Test
  void calls_of_an_unreachable_pipeline_count_no_attempt() {
    pipeline.fails(Code.UNREACHABLE);
    worker.start();
    var batch = submit("the only one");

    for (int i = 0; i < 100; i++) {
      awaitAnotherCall();
    }

    assertThat(only(batch).attempts()).isZero();
  }

  @Test
  void an_answer_to_a_user_ends_the_outage() throws Exception {
    failsFor("poison");
    worker.start();
    submit("poison 1", "poison 2", "poison 3");
    await().until(() -> worker.status().waiting() != null && worker.status().inFlight() == 0);
    var batch = submit("a");

    cache.ask("What is a lease?", "");

    assertThat(worker.status().waiting()).isNull();
    awaitState(batch, BatchState.COMPLETED);
  }

  @Test
  void trying_now_ends_the_wait() {
    pipeline.fails(Code.UNAVAILABLE);
    worker.start();
    var batch = submit("a", "b", "c", "d");
    await().until(() -> worker.status().waiting() != null && worker.status().inFlight() == 0);
    pipeline.does(ScriptedPipeline::sure);

    worker.tryNow();

    await().until(() -> now(batch).counts().completed() == 1);
    assertThat(worker.status().waiting()).isNull();
  }

  @Test
  void a_question_that_alone_is_rate_limited_fails_in_the_end() {
    pipeline.does(question -> {
      if (question.startsWith("poison")) {
        throw new CallException(Code.RATE_LIMITED, "request too large", null, null);
      }
      return ScriptedPipeline.sure(question);
    });
    worker.start();

    var batch =
        submit("poison", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n");

    advanceUntil(() -> now(batch).state().isOver());
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(15, 14, 1, 0, 0));
    assertThat(only(batch).detail()).isEqualTo("rate_limited: request too large");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1_000_000_000_000L, Long.MAX_VALUE})
  void an_absurd_retry_after_is_limited_to_a_day(long seconds) {
    pipeline.does(_ -> {
      throw new CallException(Code.RATE_LIMITED, "slow down", Duration.ofSeconds(seconds), null);
    });
    worker.start();
    var batch = submit("a");
    await().until(() -> worker.status().waiting() != null && worker.status().inFlight() == 0);
    pipeline.does(ScriptedPipeline::sure);

    advance(Duration.ofDays(1));

    awaitState(batch, BatchState.COMPLETED);
  }

  @Test
  void an_unexpected_exception_fails_only_its_question() {
    pipeline.does(question -> {
      if (question.equals("fault")) {
        throw new IllegalStateException("a fault");
      }
      return ScriptedPipeline.sure(question);
    });
    worker.start();

    var batch = submit("fault", "a", "b");

    advanceUntil(() -> now(batch).state().isOver());
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(3, 2, 1, 0, 0));
    assertThat(only(batch).detail())
        .isEqualTo("bad_answer: unexpected: java.lang.IllegalStateException: a fault");
  }

  @Test
  void a_rate_limited_pipeline_is_not_called_for_as_long_as_it_says() throws Exception {
    pipeline.does(_ -> {
      throw new CallException(Code.RATE_LIMITED, "slow down", ofSeconds(90), null);
    });
    worker.start();
    var batch = submit("a", "b");
    pipeline.awaitCall();
    await().until(() -> only(batch).state() == QuestionState.PENDING);
    pipeline.does(ScriptedPipeline::sure);

    advance(ofSeconds(89));
    assertThat(worker.status().waiting())
        .isEqualTo(
            new AnswerWorker.Wait(
                Cause.RATE_LIMITED,
                time.now().minus(ofSeconds(89)),
                time.now().plus(ofSeconds(1)),
                "slow down"));
    assertThat(pipeline.calls()).isEqualTo(1);
    advance(ofSeconds(1));

    awaitState(batch, BatchState.COMPLETED);
    assertThat(only(batch).attempts()).isEqualTo(1);
  }

  @Test
  void cancelling_a_batch_interrupts_its_calls() throws Exception {
    var brokenOff = new CountDownLatch(1);
    pipeline.does(question -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        brokenOff.countDown();
        throw e;
      }
      return ScriptedPipeline.sure(question);
    });
    worker.start();
    var batch = submit("Endless", "Never begun");
    pipeline.awaitCall();

    store.queue().apply(batch.id(), BatchAction.CANCEL, "not needed");
    worker.renewNow();

    brokenOff.await();
    await().until(() -> worker.status().inFlight() == 0);
    assertThat(now(batch).state()).isEqualTo(BatchState.CANCELLED);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(2, 0, 0, 0, 2));
    assertThat(pipeline.calls()).isEqualTo(1);
  }

  @Test
  void a_paused_batch_finishes_claimed_questions_and_starts_none() throws Exception {
    var release = new CountDownLatch(1);
    pipeline.does(question -> {
      release.await();
      return ScriptedPipeline.sure(question);
    });
    worker.start();
    var batch = submit("a", "b", "c");
    pipeline.awaitCall();

    store.queue().apply(batch.id(), BatchAction.PAUSE, "");
    release.countDown();
    await().until(() -> now(batch).counts().completed() == 1);
    advance(ofSeconds(10));
    awaitState(submit("of another batch"), BatchState.COMPLETED);

    assertThat(now(batch).state()).isEqualTo(BatchState.PAUSED);
    assertThat(now(batch).counts().completed()).isEqualTo(1);
    store.queue().apply(batch.id(), BatchAction.RESUME, "");
    signal.wake();
    awaitState(batch, BatchState.COMPLETED);
  }

  @Test
  void a_closed_worker_releases_its_claims_and_counts_no_attempt() throws Exception {
    pipeline.does(question -> {
      new CountDownLatch(1).await();
      return ScriptedPipeline.sure(question);
    });
    worker.start();
    var batch = submit("Endless");
    pipeline.awaitCall();

    worker.close();

    assertThat(only(batch).state()).isEqualTo(QuestionState.PENDING);
    assertThat(only(batch).attempts()).isZero();
    assertThat(now(batch).counts().open()).isEqualTo(1);
  }

  @Test
  void a_worker_pauses_after_each_answer() throws Exception {
    settings.set(settings(1, ofSeconds(2)));
    worker.start();
    var batch = submit("a", "b");
    pipeline.awaitCall();
    await().until(() -> now(batch).counts().completed() == 1);

    advance(ofMillis(1999));
    signal.wake();
    assertThat(pipeline.calls()).isEqualTo(1);
    advance(ofMillis(1));

    awaitState(batch, BatchState.COMPLETED);
  }

  @Test
  void a_shorter_delay_takes_effect_during_a_long_one() throws Exception {
    settings.set(settings(1, Duration.ofHours(1)));
    worker.start();
    var batch = submit("a", "b");
    pipeline.awaitCall();
    await().until(() -> now(batch).counts().completed() == 1);

    settings.set(settings(1, Duration.ZERO));
    signal.wake();

    awaitState(batch, BatchState.COMPLETED);
  }

  @Test
  void more_is_answered_at_once_when_the_concurrency_is_raised() throws Exception {
    var release = new CountDownLatch(1);
    pipeline.does(question -> {
      release.await();
      return ScriptedPipeline.sure(question);
    });
    worker.start();
    var batch = submit("a", "b", "c", "d");
    pipeline.awaitCall();

    settings.set(settings(3, Duration.ZERO));
    signal.wake();

    await().until(() -> worker.status().inFlight() == 3);
    release.countDown();
    awaitState(batch, BatchState.COMPLETED);
  }

  @Test
  void a_completion_after_the_lease_was_lost_does_not_count() throws Exception {
    var release = new CountDownLatch(1);
    pipeline.does(question -> {
      if (pipeline.calls() == 1) {
        release.await();
      }
      return ScriptedPipeline.sure(question);
    });
    // Not started, but called directly, like a frozen worker that renews nothing.
    var batch = submit("a");
    var frozen = store.claims().claim(1, ofMinutes(1), null).getFirst();
    time.advance(ofMinutes(2));
    worker.start();
    release.countDown();
    awaitState(batch, BatchState.COMPLETED);

    var late = new Settlement(frozen, new Verdict.End(AnswerOutcome.FAILED, "late"));

    assertThat(store.claims().settle(List.of(late))).containsExactly(false);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(1, 1, 0, 0, 0));
  }
}
