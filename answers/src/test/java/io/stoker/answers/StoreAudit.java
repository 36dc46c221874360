package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerEvent.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Counts again what a store says of itself: rows against counts, and the log against both.
///
/// For stores of which the log was not pruned, and where nobody cancelled, retried or deleted.
final class StoreAudit {

  private static final int PAGE = 1000;

  private final AnswerStore store;

  private StoreAudit(AnswerStore store) {
    this.store = store;
  }

  /// Asserts that all batches are over and every query was answered, each counted once, and that
  /// the log tells the same.
  static void assertAllAnswered(AnswerStore store) {
    new StoreAudit(store).run();
  }

  private void run() {
    var log = log();
    assertThat(log).extracting(AnswerEvent::id).isSorted().doesNotHaveDuplicates();
    var eventsOf = new HashMap<Long, List<AnswerEvent>>();
    log.forEach(
        event -> eventsOf.computeIfAbsent(event.batchId(), _ -> new ArrayList<>()).add(event));

    var batches = batches();
    assertThat(batches).isNotEmpty();
    for (var batch : batches) {
      var queries = queries(batch.id());
      check(batch, queries);
      check(batch, queries, eventsOf.getOrDefault(batch.id(), List.of()));
    }
  }

  private static void check(Batch batch, List<Query> queries) {
    assertThat(batch.state()).as("state of %s", batch).isEqualTo(BatchState.COMPLETED);
    assertThat(batch.startedAt()).isNotNull();
    assertThat(batch.endedAt()).isNotNull();
    assertThat(batch.counts()).as("counts of %s", batch).isEqualTo(recount(queries));
    assertThat(batch.counts().completed()).isEqualTo(queries.size());
    assertThat(queries)
        .extracting(Query::position)
        .containsExactlyElementsOf(IntStream.range(0, queries.size()).boxed().toList());
    assertThat(queries)
        .allSatisfy(query -> {
          assertThat(query.outcome()).isIn(AnswerOutcome.STORED, AnswerOutcome.REFRESHED);
          assertThat(query.startedAt()).isNotNull();
          assertThat(query.endedAt()).isNotNull();
        });
  }

  private static BatchCounts recount(List<Query> queries) {
    Map<QueryState, Long> rows = new EnumMap<>(QueryState.class);
    queries.forEach(query -> rows.merge(query.state(), 1L, Long::sum));
    return new BatchCounts(
        queries.size(),
        rows.getOrDefault(QueryState.COMPLETED, 0L),
        rows.getOrDefault(QueryState.FAILED, 0L),
        rows.getOrDefault(QueryState.SKIPPED, 0L),
        rows.getOrDefault(QueryState.CANCELLED, 0L));
  }

  private static void check(Batch batch, List<Query> queries, List<AnswerEvent> events) {
    var ended = events.stream().filter(event -> event.kind() == Kind.QUERY).toList();
    assertThat(ended).as("lines of ended queries of %s", batch).hasSameSizeAs(queries);
    assertThat(new HashSet<>(ended.stream().map(AnswerEvent::queryId).toList()))
        .isEqualTo(new HashSet<>(queries.stream().map(Query::id).toList()));
    assertThat(events.stream().filter(event -> event.kind() == Kind.COMPLETE))
        .as("lines of the end of %s", batch)
        .singleElement()
        .isEqualTo(events.getLast());
  }

  private List<AnswerEvent> log() {
    var all = new ArrayList<AnswerEvent>();
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

  private List<Query> queries(long batch) {
    return all(after -> store.queue().queries(batch, null, PAGE, after));
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
