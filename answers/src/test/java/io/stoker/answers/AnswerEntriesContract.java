package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.stoker.answers.Answer.Source;
import io.stoker.answers.AnswerEntries.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The contract of [AnswerEntries].
abstract class AnswerEntriesContract extends AnswerStoreContract {

  private AnswerEntries entries() {
    return store().entries();
  }

  private static Answer answer(String text, String... documents) {
    var sources = new ArrayList<Source>();
    for (var document : documents) {
      sources.add(new Source(document, 3, "Title of " + document, "passage", 0.5));
    }
    return new Answer(text, sources, 80, "model-1", "");
  }

  private CachedAnswer cached(String key, String question, String scope, Answer answer) {
    return new CachedAnswer(
        key,
        question,
        scope,
        List.of(),
        answer,
        time.now(),
        time.now().plus(Duration.ofDays(1)),
        false,
        0);
  }

  /// Stores an answer in the empty scope that is based on these documents.
  private CachedAnswer put(String key, String question, String... documents) {
    var entry = cached(key, question, "", answer("answer to " + question, documents));
    entries().put(entry, List.of());
    return entry;
  }

  private void asked(String question, @Nullable String hitKey) {
    entries()
        .recordAsks(
            List.of(
                new Ask(time.now(), question, QuestionNormalizer.normal(question), "", hitKey)));
  }

  private List<String> keys(String search, @Nullable String scope) {
    return entries().list(search, scope, 100, null).items().stream()
        .map(CachedAnswer::key)
        .toList();
  }

  @Test
  void a_stored_answer_is_found_by_its_key() {
    var entry =
        new CachedAnswer(
            "k1",
            "Was ist ß? 😀",
            "tenant:7",
            List.of("was bedeutet ß", "ß?"),
            new Answer(
                "Ein \"Buchstabe\"\n— scharf",
                List.of(new Source("a", 1, "A", "erste", 0.9), new Source("b", 7, "B", "", 0.25)),
                77,
                "model-1",
                ""),
            NOON,
            NOON.plusSeconds(60),
            false,
            0);

    boolean before = entries().put(entry, List.of());

    assertThat(before).isFalse();
    assertThat(entries().get("k1")).contains(entry);
    assertThat(entries().get("k2")).isEmpty();
  }

  @Test
  void an_answer_replaces_the_one_with_its_key() {
    put("k1", "A?", "doc-1");
    put("k2", "B?");
    var newer = cached("k1", "a?", "", answer("another", "doc-2"));

    boolean before = entries().put(newer, List.of());

    assertThat(before).isTrue();
    assertThat(entries().get("k1").orElseThrow().answer()).isEqualTo(newer.answer());
    assertThat(entries().get("k1").orElseThrow().question()).isEqualTo("a?");
    assertThat(keys("", null)).containsExactlyInAnyOrder("k1", "k2");
    changed("doc-1");
    assertThat(entries().get("k1").orElseThrow().stale()).isFalse();
  }

  @Test
  void a_new_answer_is_fresh_where_the_old_one_was_stale() {
    put("k1", "A?", "doc-1");
    changed("doc-1");

    put("k1", "A?", "doc-1");

    assertThat(entries().get("k1").orElseThrow().stale()).isFalse();
  }

  @Test
  void an_answer_is_found_by_its_wordings_until_they_change() {
    var entry = cached("k1", "A?", "", answer("answer"));
    entries().put(entry, List.of("x1", "x2"));

    assertThat(entries().get("x1")).contains(entry);
    assertThat(entries().get("x2")).contains(entry);
    entries().put(entry, List.of("x2", "x3"));
    assertThat(entries().get("x1")).isEmpty();
    assertThat(entries().get("x2")).isPresent();
    assertThat(entries().get("x3")).isPresent();
    entries().delete(null, null, "k1");
    assertThat(entries().get("x2")).isEmpty();
  }

  @Test
  void an_answer_of_its_own_precedes_a_wording() {
    var own = put("k2", "B?");
    entries().put(cached("k1", "A?", "", answer("answer")), List.of("k2"));

    assertThat(entries().get("k2")).contains(own);
  }

  @Test
  void an_answer_that_is_stored_later_precedes_the_wording_with_its_key() {
    var first = cached("k1", "A?", "", answer("answer")).with(List.of("B?"));
    entries().put(first, List.of("k2"));
    assertThat(entries().get("k2")).contains(first);

    var own = put("k2", "B?");

    assertThat(entries().get("k2")).contains(own);
    entries().delete(null, null, "k2");
    assertThat(entries().get("k2")).contains(first);
  }

  @Test
  void an_answer_without_wordings_takes_over_those_it_replaces() {
    var old = cached("k1", "A?", "", answer("old")).with(List.of("also A?", "A again?"));
    entries().put(old, List.of("x1", "x2"));
    entries().put(cached("k2", "B?", "", answer("other")).with(List.of("B")), List.of("x2"));

    put("k1", "A?", "doc-1");

    assertThat(entries().get("x1").orElseThrow().answer().text()).isEqualTo("answer to A?");
    assertThat(entries().get("k1").orElseThrow().wordings()).containsExactly("also A?", "A again?");
    assertThat(entries().get("x2").orElseThrow().key()).isEqualTo("k2");
  }

  @Test
  void the_wordings_of_an_answer_can_be_replaced() {
    var entry = cached("k1", "A?", "", answer("answer", "doc-1")).with(List.of("A!"));
    entries().put(entry, List.of("x1"));
    asked("A?", "k1");
    changed("doc-1");

    entries().setWordings("k1", List.of("A is?", "Is A?"), List.of("x2", "x3"));
    entries().setWordings("gone", List.of("?"), List.of("x4"));

    assertThat(entries().get("x1")).isEmpty();
    assertThat(entries().get("x4")).isEmpty();
    assertThat(entries().get("x3")).contains(entry.with(List.of("A is?", "Is A?")).with(true, 1));
    assertThat(keys("", null)).containsExactly("k1");
  }

  @Test
  void answers_are_listed_newest_first_in_pages() {
    for (int i = 1; i <= 5; i++) {
      put("k" + i, "Question " + i + "?");
      time.advance(Duration.ofSeconds(1));
    }

    var seen = new ArrayList<String>();
    var page = entries().list("", null, 2, null);
    page.items().forEach(entry -> seen.add(entry.key()));
    while (page.next() != null) {
      put("new" + seen.size(), "New?");
      page = entries().list("", null, 2, page.next());
      page.items().forEach(entry -> seen.add(entry.key()));
    }

    assertThat(seen).containsExactly("k5", "k4", "k3", "k2", "k1");
  }

  @Test
  void answers_are_searched_by_their_question_in_either_case_and_by_scope() {
    put("k1", "What is the BUDGET?");
    put("k2", "Wie heißt die ÜBUNG 100%?");
    entries().put(cached("k3", "My budget?", "tenant:7", answer("answer")), List.of());

    assertThat(keys("budget", null)).containsExactly("k3", "k1");
    assertThat(keys("Budget", "")).containsExactly("k1");
    assertThat(keys("", "tenant:7")).containsExactly("k3");
    assertThat(keys("übung", null)).containsExactly("k2");
    assertThat(keys("0%", null)).containsExactly("k2");
    assertThat(keys("%", null)).containsExactly("k2");
    assertThat(keys("_", null)).isEmpty();
  }

  @Test
  void answers_are_deleted_by_document_scope_and_key() {
    put("k1", "A?", "doc-1", "doc-2");
    put("k2", "B?", "doc-2");
    entries().put(cached("k3", "C?", "tenant:7", answer("answer", "doc-1")), List.of());
    entries().put(cached("k4", "D?", "tenant:7", answer("answer")), List.of());

    assertThat(entries().delete("doc-9", null, null)).isZero();
    assertThat(entries().delete("doc-1", "", null)).isEqualTo(1);
    assertThat(keys("", null)).containsExactly("k4", "k3", "k2");
    assertThat(entries().delete(null, "tenant:7", null)).isEqualTo(2);
    assertThat(entries().delete(null, null, "k2")).isEqualTo(1);
    assertThat(keys("", null)).isEmpty();
  }

  @Test
  void all_answers_are_deleted_without_criteria() {
    put("k1", "A?");
    put("k2", "B?", "doc-1");

    assertThat(entries().delete(null, null, null)).isEqualTo(2);
    assertThat(entries().get("k1")).isEmpty();
  }

  @Test
  void a_changed_document_makes_every_answer_based_on_it_stale() {
    put("k1", "A?", "doc-1", "doc-2");
    put("k2", "B?", "doc-2");
    put("k3", "C?", "doc-3");

    changed("doc-2");

    assertThat(entries().get("k1").orElseThrow().stale()).isTrue();
    assertThat(entries().get("k2").orElseThrow().stale()).isTrue();
    assertThat(entries().get("k1").orElseThrow().answer().text()).isEqualTo("answer to A?");
    assertThat(entries().get("k3").orElseThrow().stale()).isFalse();
  }

  private void changed(String document) {
    entries().documentChanged(document);
    while (queue().runJobStep()) {
      // A step at a time.
    }
  }

  @Test
  void the_questions_of_stale_answers_are_queued_again_in_a_batch_for_each_scope() {
    put("k1", "A?", "doc-1");
    put("k2", "B?", "doc-1");
    entries().put(cached("k3", "C?", "acme", answer("text", "doc-1")), List.of());
    put("k4", "D?", "doc-2");

    changed("doc-1");

    var batches = allBatches();
    assertThat(batches)
        .extracting(batch -> batch.options().scope(), batch -> batch.options().name())
        .containsExactlyInAnyOrder(
            tuple("", "document doc-1 changed"), tuple("acme", "document doc-1 changed"));
    assertThat(batches.stream().flatMap(batch -> questions(batch).stream()))
        .extracting(Question::text)
        .containsExactlyInAnyOrder("A?", "B?", "C?");
  }

  @Test
  void old_statistics_are_pruned_by_the_hour() {
    asked("A?", null);
    time.advance(Duration.ofHours(1));
    asked("B?", null);

    entries().pruneStatistics(time.now(), 100);

    assertThat(entries().top(NOON, 10))
        .extracting(AnswerEntries.TopQuestion::question)
        .containsExactly("B?");
  }

  @Test
  void statistics_are_limited_to_a_number_of_questions_but_all_asks_count() {
    asked("old?", null);
    time.advance(Duration.ofHours(1));
    asked("A?", null);
    asked("B?", "k1");

    entries().pruneStatistics(NOON, 2);
    asked("B?", "k1");
    asked("C?", null);
    asked("D?", "k1");

    assertThat(entries().top(NOON, 10))
        .extracting(AnswerEntries.TopQuestion::question, AnswerEntries.TopQuestion::asks)
        .containsExactly(tuple("B?", 2L), tuple("A?", 1L));
    var totals = entries().totals(NOON, time.now());
    assertThat(totals.asks()).isEqualTo(5);
    assertThat(totals.hits()).isEqualTo(3);
  }

  @Test
  void hits_are_counted_at_the_answer_that_was_served() {
    put("k1", "A?");
    put("k2", "B?");

    asked("A?", "k1");
    asked("A?", "k1");
    asked("C?", null);
    asked("D?", "gone");

    assertThat(entries().get("k1").orElseThrow().hits()).isEqualTo(2);
    assertThat(entries().get("k2").orElseThrow().hits()).isZero();
  }

  @Test
  void expired_answers_are_evicted_first() {
    put("k1", "A?");
    time.advance(Duration.ofHours(12));
    put("k2", "B?");
    time.advance(Duration.ofHours(12));

    long evicted = entries().evict(time.now(), 100);

    assertThat(evicted).isEqualTo(1);
    assertThat(keys("", null)).containsExactly("k2");
  }

  @Test
  void the_answers_least_recently_served_are_evicted_until_few_enough_are_left() {
    for (int i = 1; i <= 4; i++) {
      put("k" + i, i + "?");
      time.advance(Duration.ofSeconds(1));
    }
    asked("1?", "k1");

    long evicted = entries().evict(time.now(), 2);

    assertThat(evicted).isEqualTo(2);
    assertThat(keys("", null)).containsExactly("k4", "k1");
    assertThat(entries().evict(time.now(), 2)).isZero();
  }

  @Test
  void the_questions_asked_most_often_come_first() {
    put("k1", "What is A?");
    asked("what is A", "k1");
    asked("What is A?", "k1");
    asked("What is A?", null);
    asked("What is B?", null);
    entries().recordAsks(List.of(new Ask(time.now(), "What is A?", "what is a", "tenant:7", null)));
    asked("What is B?", null);

    var top = entries().top(NOON.minusSeconds(60), 10);

    assertThat(top).extracting(AnswerEntries.TopQuestion::asks).containsExactly(3L, 2L, 1L);
    assertThat(top).extracting(AnswerEntries.TopQuestion::hits).containsExactly(2L, 0L, 0L);
    assertThat(top)
        .extracting(AnswerEntries.TopQuestion::scope)
        .containsExactly("", "", "tenant:7");
    assertThat(QuestionNormalizer.normal(top.get(0).question())).isEqualTo("what is a");
    assertThat(top.get(1).question()).isEqualTo("What is B?");
    assertThat(top.get(0).expiresAt()).isEqualTo(NOON.plus(Duration.ofDays(1)));
    assertThat(top.get(1).expiresAt()).isNull();
    assertThat(entries().top(NOON.minusSeconds(60), 1)).hasSize(1);
  }

  @Test
  void only_asks_since_a_time_are_counted() {
    asked("A?", null);
    asked("A?", null);
    time.advance(Duration.ofHours(2));
    put("k1", "B?");
    asked("B?", "k1");
    Instant since = time.now().minus(Duration.ofHours(1));

    assertThat(entries().top(since, 10))
        .extracting(AnswerEntries.TopQuestion::question)
        .containsExactly("B?");
    assertThat(entries().totals(since, time.now()).asks()).isEqualTo(1);
    assertThat(entries().totals(NOON.minusSeconds(60), time.now()).asks()).isEqualTo(3);
    assertThat(entries().totals(NOON.minusSeconds(60), time.now()).hits()).isEqualTo(1);
  }

  @Test
  void totals_count_answers_that_can_be_served() {
    assertThat(entries().totals(NOON, NOON)).isEqualTo(new AnswerEntries.Totals(0, 0, 0, 0, 0));
    put("expired", "Expired?");
    time.advance(Duration.ofHours(23));
    put("k1", "A?", "doc-1");
    put("k2", "B?");
    changed("doc-1");
    time.advance(Duration.ofHours(2));

    var totals = entries().totals(NOON, time.now());

    assertThat(totals.entries()).isEqualTo(2);
    assertThat(totals.stale()).isEqualTo(1);
    assertThat(totals.bytes()).isPositive();
  }
}
