package io.stoker.answers;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Several wordings of a question, given when it is warmed, and matched exactly when it is asked.
final class AnswerWordingsTest {

  private static final String QUESTION = "What is a TTL?";
  private static final List<String> WORDINGS = List.of("What does TTL mean?", "Define TTL");

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final AnswerStore store = AnswerStore.inMemory(time);
  private final ScriptedPipeline pipeline = new ScriptedPipeline();
  private final AnswerCache cache =
      new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time);

  private AnswerCache.WarmResult warm(String question, String scope) throws InterruptedException {
    return cache.warm(question, WORDINGS, scope, false);
  }

  @Test
  void a_question_in_another_wording_is_served_and_names_the_one_it_was_stored_for()
      throws Exception {
    warm(QUESTION, "");

    var reply = cache.ask("please define ttl", "");

    assertThat(reply.cached()).isTrue();
    assertThat(reply.matched()).isEqualTo(QUESTION);
    assertThat(reply.score()).isNull();
    assertThat(reply.answer()).isEqualTo(ScriptedPipeline.sure(QUESTION));
    assertThat(cache.ask("Define TTL in Redis", "").cached()).isFalse();
    assertThat(cache.find(QUESTION, "").orElseThrow().wordings()).isEqualTo(WORDINGS);
    assertThat(pipeline.calls()).isEqualTo(2);
  }

  @Test
  void a_wording_is_served_only_in_its_scope_and_by_its_model() throws Exception {
    warm(QUESTION, "tenant-a");

    assertThat(cache.find("Define TTL", "tenant-a")).isPresent();
    assertThat(cache.find("Define TTL", "tenant-b")).isEmpty();
    pipeline.becomes("2");
    assertThat(cache.find("Define TTL", "tenant-a")).isEmpty();
  }

  @Test
  void an_answer_of_its_own_is_served_instead_once_there_is_one() throws Exception {
    warm(QUESTION, "");

    var warmed = cache.warm("Define TTL", "", true);

    assertThat(warmed.outcome()).isEqualTo(AnswerOutcome.STORED);
    assertThat(cache.ask("Define TTL", "").answer()).isEqualTo(ScriptedPipeline.sure("Define TTL"));
    assertThat(cache.ask("What does TTL mean?", "").matched()).isEqualTo(QUESTION);
  }

  @Test
  void a_refresh_without_wordings_keeps_them_and_one_with_wordings_replaces_them()
      throws Exception {
    warm(QUESTION, "");

    cache.warm(QUESTION, "", false);
    assertThat(cache.find("Define TTL", "")).isPresent();
    cache.warm(QUESTION, List.of("TTL?"), "", false);

    assertThat(cache.find("Define TTL", "")).isEmpty();
    assertThat(cache.find("TTL?", "")).isPresent();
  }

  @Test
  void an_answer_that_is_kept_gets_its_new_wordings() throws Exception {
    cache.warm(QUESTION, "", false);

    var warmed = cache.warm(QUESTION, WORDINGS, "", true);

    assertThat(warmed.outcome()).isEqualTo(AnswerOutcome.ALREADY_FRESH);
    assertThat(pipeline.calls()).isEqualTo(1);
    assertThat(cache.find("Define TTL", "").orElseThrow().question()).isEqualTo(QUESTION);
  }

  @Test
  void an_ask_in_another_wording_counts_for_the_question() throws Exception {
    warm(QUESTION, "");

    cache.ask("Define TTL", "");
    cache.ask("What does TTL mean?", "");
    cache.ask(QUESTION, "");
    cache.flushStatistics();

    assertThat(store.entries().top(time.now().minus(ofHours(1)), 10))
        .containsExactly(
            new AnswerEntries.TopQuestion(
                QUESTION, "", 3, 3, time.now().plus(AnswerSettings.STANDARD.timeToLive())));
    assertThat(cache.find(QUESTION, "").orElseThrow().hits()).isEqualTo(3);
  }

  @Test
  void an_answer_that_has_expired_is_renewed_as_a_whole_whatever_the_wording() throws Exception {
    warm(QUESTION, "");
    time.advance(ofHours(25));

    var reply = cache.ask("Define TTL", "");

    assertThat(reply.cached()).isFalse();
    assertThat(reply.matched()).isEqualTo(QUESTION);
    assertThat(cache.ask(QUESTION, "").cached()).isTrue();
    assertThat(cache.ask("What does TTL mean?", "").cached()).isTrue();
    assertThat(pipeline.calls()).isEqualTo(2);
  }

  @Test
  void an_answer_can_be_invalidated_by_any_of_its_wordings() throws Exception {
    warm(QUESTION, "");

    assertThat(cache.invalidate(null, null, "define ttl")).isEqualTo(1);

    assertThat(cache.find(QUESTION, "")).isEmpty();
    assertThat(cache.find("What does TTL mean?", "")).isEmpty();
  }

  @Test
  void a_changed_document_has_its_answers_warmed_again_with_their_wordings() throws Exception {
    warm(QUESTION, "");
    var maintenance = maintenance();

    maintenance.documentChanged("handbook");
    var batch = store.queue().batches(null, 1, null).items().getFirst();

    assertThat(store.queue().questions(batch.id(), null, 10, null).items())
        .singleElement()
        .satisfies(question -> assertThat(question.wordings()).isEqualTo(WORDINGS));
    work();
    assertThat(cache.find("Define TTL", "").orElseThrow().stale()).isFalse();
  }

  @Test
  void a_top_question_is_warmed_again_with_its_wordings() throws Exception {
    warm(QUESTION, "");
    cache.ask("Define TTL", "");
    cache.flushStatistics();
    time.advance(ofHours(20));
    try (var maintenance = maintenance()) {
      maintenance.start();
      time.awaitPausing(1);
    }

    var batch = store.queue().batches(null, 10, null).items().getFirst();

    assertThat(store.queue().questions(batch.id(), null, 10, null).items())
        .singleElement()
        .satisfies(question -> {
          assertThat(question.text()).isEqualTo(QUESTION);
          assertThat(question.wordings()).isEqualTo(WORDINGS);
        });
    work();
    time.advance(ofHours(5));
    assertThat(cache.ask("Define TTL", "").cached()).isTrue();
  }

  @Test
  void the_wordings_of_a_batch_reach_the_cache() throws Exception {
    store
        .queue()
        .submit(
            new Submission(
                List.of(QUESTION), Map.of(QUESTION, WORDINGS), BatchOptions.STANDARD, null));

    work();

    assertThat(cache.ask("What does TTL mean?", "").matched()).isEqualTo(QUESTION);
  }

  private AnswerMaintenance maintenance() {
    var usual = AnswerSettings.STANDARD;
    var settings =
        new AnswerSettings(
            usual.concurrency(),
            usual.delay(),
            usual.perMinute(),
            usual.lease(),
            usual.retries(),
            usual.timeToLive(),
            usual.maxEntries(),
            usual.minimumConfidence(),
            10);
    return new AnswerMaintenance(store, cache, WakeSignal.inProcess(), () -> settings, time);
  }

  /// Warms the queued questions, as a worker does.
  private void work() throws InterruptedException {
    for (var claim : store.claims().claim(10, ofMinutes(1), null)) {
      var warmed = cache.warm(claim.question(), claim.wordings(), claim.options().scope(), false);
      store.claims().settle(List.of(new Settlement(claim, new Verdict.End(warmed.outcome(), ""))));
    }
  }
}
