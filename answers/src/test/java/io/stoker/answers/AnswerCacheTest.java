package io.stoker.answers;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AnswerCacheTest {

  private static final String QUESTION = "How long does a session live?";

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final AnswerStore store = AnswerStore.inMemory(time);
  private final ScriptedPipeline pipeline = new ScriptedPipeline();
  private final AnswerCache cache =
      new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time);

  @Test
  void the_second_time_a_question_is_asked_it_is_served_from_the_cache_with_its_age()
      throws Exception {
    var first = cache.ask(QUESTION, "");
    time.advance(ofSeconds(90));

    var second = cache.ask(QUESTION, "");

    assertThat(first.cached()).isFalse();
    assertThat(first.age()).isEqualTo(Duration.ZERO);
    assertThat(second.cached()).isTrue();
    assertThat(second.age()).isEqualTo(ofSeconds(90));
    assertThat(second.answer()).isEqualTo(first.answer());
    assertThat(second.matched()).isNull();
    assertThat(pipeline.calls()).isEqualTo(1);
  }

  @Test
  void another_wording_with_the_same_normal_form_is_served_and_names_what_it_matched()
      throws Exception {
    cache.ask(QUESTION, "");

    var reply = cache.ask("how long does a session LIVE", "");

    assertThat(reply.cached()).isTrue();
    assertThat(reply.matched()).isEqualTo(QUESTION);
  }

  /// An encoder for which all questions are similar, except those about something else.
  private record Careless() implements Encoder {

    @Override
    public float[] encode(String text) {
      return text.contains("else") ? new float[] {0, 1} : new float[] {1, 0};
    }

    @Override
    public double threshold() {
      return 0.9;
    }

    @Override
    public String id() {
      return "careless";
    }
  }

  @Test
  void an_answer_serves_a_similar_question_only_if_the_rules_allow_it() throws Exception {
    var alike =
        new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time, new Careless());
    alike.ask("What was the budget in 2024?", "");
    alike.ask("What was the budget in 2024?", "tenant-b");
    alike.refreshIndex();

    var reply = alike.ask("Which budget was there in 2024?", "");

    assertThat(reply.cached()).isTrue();
    assertThat(reply.matched()).isEqualTo("What was the budget in 2024?");
    assertThat(reply.score()).isEqualTo(1.0);
    assertThat(alike.ask("What was the budget in 2023?", "").cached()).isFalse();
    assertThat(alike.ask("What was something else in 2024?", "").cached()).isFalse();
    assertThat(alike.ask("Which budget was there in 2024?", "tenant-c").cached()).isFalse();
  }

  @Test
  void a_similar_question_is_not_served_a_deleted_answer() throws Exception {
    var alike =
        new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time, new Careless());
    alike.ask("What was the budget?", "");
    alike.refreshIndex();
    time.advance(ofHours(24));

    assertThat(alike.ask("Which budget was there?", "").cached()).isFalse();
  }

  @Test
  void a_similar_question_is_not_served_an_answer_of_an_older_pipeline_version() throws Exception {
    var alike =
        new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time, new Careless());
    alike.ask("What was the budget?", "");
    alike.refreshIndex();

    pipeline.becomes("2");

    assertThat(alike.ask("Which budget was there?", "").cached()).isFalse();
    alike.refreshIndex();
    assertThat(alike.ask("How much was the budget?", "").cached()).isFalse();
  }

  @Test
  void after_a_restart_a_similar_question_is_served_an_old_answer_too() throws Exception {
    for (int year = 1801; year <= 2050; year++) {
      cache.ask("What was the budget in " + year + "?", "");
    }

    var restarted =
        new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time, new Careless());
    restarted.refreshIndex();
    restarted.refreshIndex();

    assertThat(restarted.ask("Which budget was there in 2050?", "").cached()).isTrue();
    assertThat(restarted.ask("Which budget was there in 1801?", "").cached()).isTrue();
  }

  @Test
  void one_tenant_s_answer_is_never_served_to_another() throws Exception {
    pipeline.does(_ -> ScriptedPipeline.answer("Only for a", 90, ""));
    cache.ask(QUESTION, "tenant-a");
    pipeline.does(_ -> ScriptedPipeline.answer("Only for b", 90, ""));

    assertThat(cache.ask(QUESTION, "tenant-b").answer().text()).isEqualTo("Only for b");
    assertThat(cache.ask(QUESTION, "").cached()).isFalse();
    assertThat(cache.ask(QUESTION, "tenant-a").answer().text()).isEqualTo("Only for a");
  }

  @Test
  void a_question_and_a_scope_cannot_be_shifted_into_each_other() throws Exception {
    cache.ask("ab", "c");

    assertThat(cache.find("a", "bc")).isEmpty();
    assertThat(cache.find("ab", "c")).isPresent();
  }

  @Test
  void an_answer_is_not_served_after_its_time() throws Exception {
    cache.ask(QUESTION, "");

    time.advance(ofHours(24).minusSeconds(1));
    assertThat(cache.find(QUESTION, "")).isPresent();
    time.advance(ofSeconds(1));

    assertThat(cache.find(QUESTION, "")).isEmpty();
    assertThat(cache.ask(QUESTION, "").cached()).isFalse();
  }

  @Test
  void another_model_does_not_serve_the_old_one_s_answers() throws Exception {
    cache.ask(QUESTION, "");

    pipeline.becomes("2");

    assertThat(cache.find(QUESTION, "")).isEmpty();
  }

  @Test
  void a_question_is_asked_again_if_the_model_changed_meanwhile() throws Exception {
    pipeline.does(question -> {
      if (pipeline.calls() == 1) {
        pipeline.becomes("2");
      }
      return ScriptedPipeline.sure(question);
    });

    cache.ask(QUESTION, "");

    assertThat(pipeline.calls()).isEqualTo(2);
    assertThat(cache.find(QUESTION, "")).isPresent();
  }

  @Test
  void concurrent_callers_share_one_call() throws Exception {
    var release = new CountDownLatch(1);
    pipeline.does(question -> {
      release.await();
      return ScriptedPipeline.sure(question);
    });

    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var replies =
          IntStream.range(0, 50)
              .mapToObj(_ -> callers.submit(() -> cache.ask(QUESTION, "")))
              .toList();
      pipeline.awaitCall();
      release.countDown();
      for (var reply : replies) {
        assertThat(reply.get().answer()).isEqualTo(ScriptedPipeline.sure(QUESTION));
      }
    }

    assertThat(pipeline.calls()).isEqualTo(1);
  }

  @Test
  void concurrent_callers_share_an_answer_that_cannot_be_stored() throws Exception {
    var release = new CountDownLatch(1);
    pipeline.does(_ -> {
      release.await();
      return ScriptedPipeline.answer("Only now", 90, "changes every minute");
    });

    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var threads = new LinkedBlockingQueue<Thread>();
      var replies =
          IntStream.range(0, 20)
              .mapToObj(_ ->
                  callers.submit(() -> {
                    threads.add(Thread.currentThread());
                    return cache.ask(QUESTION, "");
                  }))
              .toList();
      for (int i = 0; i < 20; i++) {
        awaitBlocked(threads.take());
      }
      release.countDown();
      for (var reply : replies) {
        assertThat(reply.get().answer().text()).isEqualTo("Only now");
        assertThat(reply.get().cached()).isFalse();
      }
    }

    assertThat(pipeline.calls()).isEqualTo(1);
  }

  /// Waits until the thread is blocked by the test.
  private static void awaitBlocked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void a_caller_gets_an_answer_if_the_one_it_waits_for_is_interrupted() throws Exception {
    var never = new CountDownLatch(1);
    pipeline.does(question -> {
      if (pipeline.calls() == 1) {
        never.await();
      }
      return ScriptedPipeline.sure(question);
    });

    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = callers.submit(() -> cache.ask(QUESTION, ""));
      pipeline.awaitCall();
      var second = callers.submit(() -> cache.ask(QUESTION, ""));
      first.cancel(true);

      assertThat(second.get().answer()).isEqualTo(ScriptedPipeline.sure(QUESTION));
    }
  }

  @Test
  void callers_get_the_reason_for_a_missing_answer() {
    pipeline.fails(Code.UNAVAILABLE);

    assertThatThrownBy(() -> cache.ask(QUESTION, ""))
        .isInstanceOf(CallException.class)
        .hasMessage("the script says so");
  }

  @Test
  void an_answer_with_low_confidence_is_returned_but_not_stored() throws Exception {
    pipeline.does(_ -> ScriptedPipeline.answer("Perhaps", 10, ""));

    assertThat(cache.ask(QUESTION, "").answer().text()).isEqualTo("Perhaps");

    assertThat(cache.find(QUESTION, "")).isEmpty();
  }

  @Test
  void hits_and_misses_are_counted() throws Exception {
    cache.ask(QUESTION, "");
    cache.ask(QUESTION, "");
    cache.ask("how long does a session live", "");
    cache.flushStatistics();

    var totals = store.entries().totals(time.now().minus(ofHours(1)), time.now());

    assertThat(totals.asks()).isEqualTo(3);
    assertThat(totals.hits()).isEqualTo(2);
    assertThat(store.entries().top(time.now().minus(ofHours(1)), 10))
        .singleElement()
        .satisfies(top -> assertThat(top.asks()).isEqualTo(3));
  }

  @Test
  void a_changed_document_makes_its_answers_stale_which_are_served_until_replaced()
      throws Exception {
    cache.ask(QUESTION, "");
    var signal = WakeSignal.inProcess();
    var maintenance =
        new AnswerMaintenance(store, cache, signal, () -> AnswerSettings.STANDARD, time);

    maintenance.documentChanged("handbook");

    assertThat(cache.find(QUESTION, "").orElseThrow().stale()).isTrue();
    assertThat(cache.ask(QUESTION, "").cached()).isTrue();
    var batch = store.queue().batches(null, 1, null).items().getFirst();
    var queued = store.queue().questions(batch.id(), null, 10, null).items();
    assertThat(queued).extracting(Question::text).containsExactly(QUESTION);
    assertThat(cache.warm(QUESTION, "", true).outcome()).isEqualTo(AnswerOutcome.REFRESHED);
    assertThat(cache.find(QUESTION, "").orElseThrow().stale()).isFalse();
  }

  @Test
  void a_fresh_answer_is_kept_if_only_stale_ones_are_replaced() throws Exception {
    cache.ask(QUESTION, "");

    assertThat(cache.warm(QUESTION, "", true).outcome()).isEqualTo(AnswerOutcome.ALREADY_FRESH);

    assertThat(pipeline.calls()).isEqualTo(1);
  }

  @Test
  void answers_are_invalidated_by_document_by_scope_and_by_question() throws Exception {
    cache.ask(QUESTION, "");
    cache.ask(QUESTION, "a");
    cache.ask("Another one", "a");

    assertThat(cache.invalidate(null, "a", "Another one")).isEqualTo(1);
    assertThat(cache.invalidate(null, "a", null)).isEqualTo(1);
    assertThat(cache.invalidate("no such document", null, null)).isZero();
    assertThat(cache.invalidate("handbook", null, null)).isEqualTo(1);
  }
}
