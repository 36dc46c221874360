package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.stoker.ManualTime;
import io.stoker.testing.RealPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The number of statements does not depend on the number of rows.
@Timeout(300)
class StatementsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final StatementCounter statements = new StatementCounter();
  private final ManualTime time = new ManualTime(NOON);
  private HikariDataSource pool;
  private AnswerStore store;

  @BeforeEach
  void open_a_store() {
    var postgres = RealPostgres.shared();
    pool = new HikariDataSource();
    pool.setDataSource(statements.watch(postgres.dataSource(postgres.newDatabase())));
    store = AnswerStore.postgres(pool, time);
  }

  @AfterEach
  void close_the_store() {
    store.close();
    pool.close();
  }

  /// An answer based on all of these documents, with as many other wordings.
  private void put(String key, String question, List<String> documents) {
    var sources =
        documents.stream().map(one -> new Answer.Source(one, 1, "Title", "passage", 0.5)).toList();
    var wordings = documents.stream().map(one -> question + " " + one).toList();
    store
        .entries()
        .put(
            new CachedAnswer(
                key,
                question,
                "",
                wordings,
                new Answer("answer", sources, 90, "model", ""),
                NOON,
                NOON.plus(Duration.ofDays(1)),
                false,
                0),
            List.of());
  }

  private void put(int from, int to, String document) {
    IntStream.range(from, to).forEach(i -> put("k" + i, "Question " + i, List.of(document)));
  }

  private void submit(int batches) {
    for (int i = 0; i < batches; i++) {
      var questions = List.of("1?", "2?", "3?");
      store.queue().submit(new Submission(questions, BatchOptions.STANDARD, null));
    }
  }

  @Test
  void a_cached_ask_is_one_statement_however_many_sources_and_wordings_the_answer_has()
      throws Exception {
    var documents = new ArrayList<>(IntStream.range(0, 40).mapToObj(i -> "doc " + i).toList());
    var pipeline = new ScriptedPipeline();
    pipeline.does(question -> {
      var sources =
          documents.stream().map(one -> new Answer.Source(one, 1, "Title", "", 0.5)).toList();
      return new Answer("Answer to " + question, sources, 90, "model", "");
    });
    var cache = new AnswerCache(store, pipeline, () -> AnswerSettings.STANDARD, time);
    cache.warm("How long?", documents, "", false);

    assertThat(
            statements.during(
                () -> assertThat(cache.ask("How long?", "").answer().sources()).hasSize(40)))
        .isEqualTo(1);
    assertThat(statements.during(() -> assertThat(cache.ask("doc 7", "").matched()).isNotNull()))
        .isEqualTo(1);
    assertThat(statements.during(() -> assertThat(cache.find("Never", "")).isEmpty())).isEqualTo(1);
  }

  @Test
  void a_page_of_answers_and_the_top_questions_are_one_statement_each() throws Exception {
    put(0, 50, "guide");
    store
        .entries()
        .recordAsks(
            IntStream.range(0, 50)
                .mapToObj(
                    i -> new AnswerEntries.Ask(NOON, "Question " + i, "question " + i, "", null))
                .toList());

    assertThat(
            statements.during(() ->
                assertThat(store.entries().list("", null, 40, null).items())
                    .hasSize(40)
                    .allMatch(answer -> answer.wordings().size() == 1)))
        .isEqualTo(1);
    assertThat(
            statements.during(() ->
                assertThat(store.entries().top(NOON, 40))
                    .hasSize(40)
                    .allMatch(top -> top.expiresAt() != null)))
        .isEqualTo(1);
  }

  @Test
  void the_wordings_of_all_questions_that_are_warmed_again_are_one_statement() throws Exception {
    var cache = new AnswerCache(store, new ScriptedPipeline(), () -> AnswerSettings.STANDARD, time);
    var questions = IntStream.range(0, 40).mapToObj(i -> "How long is part " + i + "?").toList();
    for (var question : questions) {
      cache.warm(question, List.of("Length of " + question, question + " Exactly"), "", false);
    }

    int sent =
        statements.during(() ->
            assertThat(cache.wordings(questions, ""))
                .hasSize(40)
                .containsEntry(
                    "How long is part 7?",
                    List.of("Length of How long is part 7?", "How long is part 7? Exactly")));

    assertThat(sent).isEqualTo(1);
  }

  @Test
  void a_changed_document_costs_the_same_for_any_number_of_answers() throws Exception {
    put(0, 2, "few");
    put(100, 250, "many");

    int ofFew = statements.during(() -> store.documents().put("few", "Few", "", "text"));
    int stepOfFew = statements.during(() -> assertThat(store.queue().runJobStep()).isTrue());
    runJobs();
    int ofMany = statements.during(() -> store.documents().put("many", "Many", "", "text"));
    int stepOfMany = statements.during(() -> assertThat(store.queue().runJobStep()).isTrue());
    runJobs();

    assertThat(ofMany).isEqualTo(ofFew).isLessThanOrEqualTo(8);
    assertThat(stepOfMany).isEqualTo(stepOfFew).isLessThanOrEqualTo(16);
    assertThat(store.queue().open().all().counts().total()).isEqualTo(152);
  }

  private void runJobs() {
    while (store.queue().runJobStep()) {
      // A step at a time.
    }
  }

  @Test
  void a_page_of_the_queue_is_one_statement() throws Exception {
    submit(30);

    assertThat(
            statements.during(
                () -> assertThat(store.queue().batches(null, 20, null).items()).hasSize(20)))
        .isEqualTo(1);
    assertThat(
            statements.during(() ->
                assertThat(store.queue().batches(BatchState.PENDING, 20, null).items())
                    .hasSize(20)))
        .isEqualTo(1);
    assertThat(
            statements.during(
                () -> assertThat(store.queue().questions(1, null, 3, null).items()).hasSize(3)))
        .isEqualTo(1);
  }

  @Test
  void an_overview_of_the_queue_is_one_statement() throws Exception {
    submit(30);

    assertThat(
            statements.during(
                () -> assertThat(store.queue().open().all().counts().open()).isEqualTo(90)))
        .isEqualTo(1);
  }
}
