package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerLog.Event.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Checks the counts of a store against its rows, and both against the log.
///
/// For stores whose log was not pruned, without cancels, retries and deletes.
final class StoreAudit {

  private static final int PAGE = 1000;

  private final AnswerStore store;

  private StoreAudit(AnswerStore store) {
    this.store = store;
  }

  /// Asserts that all batches have ended, and that each question was answered, counted once and
  /// logged.
  static void assertAllAnswered(AnswerStore store) {
    new StoreAudit(store).run();
  }

  private void run() {
    var log = log();
    assertThat(log).extracting(AnswerLog.Event::id).isSorted().doesNotHaveDuplicates();
    var eventsOf = new HashMap<Long, List<AnswerLog.Event>>();
    log.forEach(
        event -> eventsOf.computeIfAbsent(event.batchId(), _ -> new ArrayList<>()).add(event));

    var batches = batches();
    assertThat(batches).isNotEmpty();
    for (var batch : batches) {
      var questions = questions(batch.id());
      check(batch, questions);
      check(batch, questions, eventsOf.getOrDefault(batch.id(), List.of()));
    }
  }

  private static void check(Batch batch, List<Question> questions) {
    assertThat(batch.state()).as("state of %s", batch).isEqualTo(BatchState.COMPLETED);
    assertThat(batch.startedAt()).isNotNull();
    assertThat(batch.endedAt()).isNotNull();
    assertThat(batch.counts()).as("counts of %s", batch).isEqualTo(recount(questions));
    assertThat(batch.counts().completed()).isEqualTo(questions.size());
    assertThat(questions)
        .extracting(Question::position)
        .containsExactlyElementsOf(IntStream.range(0, questions.size()).boxed().toList());
    assertThat(questions)
        .allSatisfy(question -> {
          assertThat(question.outcome()).isIn(AnswerOutcome.STORED, AnswerOutcome.REFRESHED);
          assertThat(question.startedAt()).isNotNull();
          assertThat(question.endedAt()).isNotNull();
        });
  }

  private static Batch.Counts recount(List<Question> questions) {
    Map<QuestionState, Long> rows = new EnumMap<>(QuestionState.class);
    questions.forEach(question -> rows.merge(question.state(), 1L, Long::sum));
    return new Batch.Counts(
        questions.size(),
        rows.getOrDefault(QuestionState.COMPLETED, 0L),
        rows.getOrDefault(QuestionState.FAILED, 0L),
        rows.getOrDefault(QuestionState.SKIPPED, 0L),
        rows.getOrDefault(QuestionState.CANCELLED, 0L));
  }

  private static void check(Batch batch, List<Question> questions, List<AnswerLog.Event> events) {
    var ended = events.stream().filter(event -> event.kind() == Kind.QUESTION).toList();
    assertThat(ended).as("lines of ended questions of %s", batch).hasSameSizeAs(questions);
    assertThat(new HashSet<>(ended.stream().map(AnswerLog.Event::questionId).toList()))
        .isEqualTo(new HashSet<>(questions.stream().map(Question::id).toList()));
    assertThat(events.stream().filter(event -> event.kind() == Kind.COMPLETE))
        .as("lines of the end of %s", batch)
        .singleElement()
        .isEqualTo(events.getLast());
  }

  private List<AnswerLog.Event> log() {
    var all = new ArrayList<AnswerLog.Event>();
    var page = store.log().after(0, PAGE);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = store.log().after(page.getLast().id(), PAGE);
    }
    return Collections.unmodifiableList(all);
  }

  private List<Batch> batches() {
    return all(before -> store.queue().batches(null, PAGE, before));
  }

  private List<Question> questions(long batch) {
    return all(after -> store.queue().questions(batch, null, PAGE, after));
  }

  private static <T> List<T> all(Pages<T> pages) {
    var page = pages.after(null);
    var all = new ArrayList<>(page.items());
    while (page.next() != null) {
      page = pages.after(page.next());
      all.addAll(page.items());
    }
    return all;
  }

  private interface Pages<T> {
    Page<T> after(@Nullable Long key);
  }
}
