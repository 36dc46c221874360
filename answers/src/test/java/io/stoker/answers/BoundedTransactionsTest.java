package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.AnswerEntries.Ask;
import io.stoker.state.jdbc.JdbcStateDatabase;
import io.stoker.testing.RealPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/// A transaction changes few rows, however many there are; and the jobs of a process that died are
/// continued by another.
@Timeout(300)
class BoundedTransactionsTest {

  /// A step handles up to 200 answers or questions, and changes a row or two for each, and some
  /// others.
  private static final int MOST = 600;

  /// More than one step handles.
  private static final int MANY = 2600;

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  /// The same for both databases.
  abstract static class Contract {

    final ManualTime time = new ManualTime(NOON);
    private @Nullable JdbcAnswerStore opened;

    abstract JdbcAnswerStore open(Time time) throws Exception;

    /// Counts the rows that each transaction changes from now on.
    abstract void count(JdbcAnswerStore store) throws SQLException;

    /// The most rows that a transaction has changed since.
    abstract int most() throws SQLException;

    @BeforeEach
    void openStore() throws Exception {
      opened = open(time);
    }

    @AfterEach
    void closeStore() {
      store().close();
    }

    final JdbcAnswerStore store() {
      if (opened == null) {
        throw new IllegalStateException("no store was opened");
      }
      return opened;
    }

    /// As if the process had died, and another had started.
    private void dieAndBeginAgain() throws Exception {
      store().close();
      opened = open(time);
    }

    private void answers() {
      store()
          .database()
          .write(
              "insert many answers",
              connection -> {
                connection.update(
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO stoker.answer
                           (answer_key, digest, question, question_lower, scope, body, confidence,
                            model, not_cacheable, stored_at, expires_at, served_at, stale, hits,
                            bytes)
                    SELECT 'key ' || i, 'digest ' || i, 'question ' || i, 'question ' || i, '',
                           'answer', 90, 'model', '', 0, ?, i, ?, 0, 10
                      FROM n
                    """,
                    MANY,
                    NOON.plus(Duration.ofDays(1)),
                    false);
                return connection.update(
                    """
                    INSERT INTO stoker.answer_source
                           (answer_id, position, document, version, title, passage, score)
                    SELECT id, 0, 'handbook', 1, 'Handbook', 'passage', 1.0 FROM stoker.answer
                    """);
              });
    }

    private Batch batch() {
      var questions = IntStream.range(0, MANY).mapToObj(i -> "question " + i).toList();
      return store().queue().submit(new Submission(questions, BatchOptions.STANDARD, null));
    }

    private JdbcAnswerQueue queue() {
      return (JdbcAnswerQueue) store().queue();
    }

    private List<Question> questions() {
      return store().queue().batches(null, 100, null).items().stream()
          .flatMap(
              batch -> store().queue().questions(batch.id(), null, MANY, null).items().stream())
          .toList();
    }

    private void runJobs() {
      while (queue().runJobStep()) {
        // A step at a time.
      }
    }

    private long stale() {
      return store().entries().totals(NOON, NOON).stale();
    }

    private void assertAllAreQueuedOnce() {
      assertThat(stale()).isEqualTo(MANY);
      assertThat(questions()).extracting(Question::text).hasSize(MANY).doesNotHaveDuplicates();
      var batches = store().queue().batches(null, 100, null).items();
      assertThat(batches.stream().mapToLong(batch -> batch.counts().total()).sum()).isEqualTo(MANY);
    }

    @Test
    void a_document_that_changes_makes_its_answers_stale_in_steps() throws Exception {
      answers();
      count(store());

      store().documents().put("handbook", "Handbook", "", "new text");
      assertThat(stale()).isZero();
      runJobs();

      assertAllAreQueuedOnce();
      assertThat(most()).isLessThan(MOST);
    }

    @Test
    void another_process_continues_the_job_of_a_changed_document() throws Exception {
      answers();
      store().documents().put("handbook", "Handbook", "", "new text");
      queue().runJobStep();
      assertThat(stale()).isPositive().isLessThan(MANY);

      dieAndBeginAgain();
      runJobs();

      assertAllAreQueuedOnce();
    }

    @Test
    void answers_stored_after_the_change_stay_fresh() {
      answers();
      store().documents().put("handbook", "Handbook", "", "new text");
      var source = new Answer.Source("handbook", 2, "Handbook", "passage", 1.0);
      store()
          .entries()
          .put(
              new CachedAnswer(
                  "key 7",
                  "question 7",
                  "",
                  List.of(),
                  new Answer("new", List.of(source), 90, "model", ""),
                  NOON,
                  NOON.plus(Duration.ofDays(1)),
                  false,
                  0),
              List.of());

      runJobs();

      assertThat(stale()).isEqualTo(MANY - 1);
      assertThat(store().entries().get("key 7").orElseThrow().stale()).isFalse();
    }

    @Test
    void a_batch_is_cancelled_retried_and_deleted_in_steps() throws Exception {
      var batch = batch();
      count(store());

      var cancelled = store().queue().apply(batch.id(), BatchAction.CANCEL, "").orElseThrow();
      assertThat(cancelled.counts().cancelled()).isEqualTo(MANY);
      assertThat(questions()).allMatch(question -> question.state() == QuestionState.CANCELLED);
      var again = store().queue().apply(batch.id(), BatchAction.RETRY_ALL, "").orElseThrow();
      assertThat(again.counts().open()).isEqualTo(MANY);
      assertThat(questions()).allMatch(question -> question.state() == QuestionState.PENDING);
      assertThat(store().queue().deleteBatch(batch.id())).isTrue();

      assertThat(most()).isLessThan(MOST);
      assertThat(rows("query")).isZero();
      assertThat(rows("batch_change")).isZero();
    }

    private long rows(String table) {
      return store()
          .database()
          .read(
              "count rows",
              connection -> connection.number("SELECT count(*) FROM stoker." + table));
    }

    @Test
    void claims_are_lost_as_soon_as_their_batch_is_cancelled_or_deleted() throws Exception {
      var batch = batch();
      var claims = store().claims().claim(2, Duration.ofMinutes(1), null);

      queue().applyToBatch(batch.id(), BatchAction.CANCEL, "");

      assertThat(store().claims().renew(claims, Duration.ofMinutes(1)))
          .containsExactlyInAnyOrderElementsOf(claims);
      assertThat(
              store()
                  .claims()
                  .settle(
                      List.of(
                          new Settlement(
                              claims.getFirst(), new Verdict.End(AnswerOutcome.STORED, "")))))
          .containsExactly(false);
      dieAndBeginAgain();
      runJobs();
      assertThat(questions()).allMatch(question -> question.state() == QuestionState.CANCELLED);
      assertThat(store().queue().batch(batch.id()).orElseThrow().counts())
          .isEqualTo(new Batch.Counts(MANY, 0, 0, 0, MANY));

      queue().deleteOnlyBatch(batch.id());
      assertThat(store().queue().question(claims.getFirst().questionId())).isEmpty();
      dieAndBeginAgain();
      runJobs();
      assertThat(rows("query")).isZero();
    }

    @Test
    void an_action_waits_for_the_job_of_another_process() {
      var batch = batch();
      queue().applyToBatch(batch.id(), BatchAction.CANCEL, "");

      var again = store().queue().apply(batch.id(), BatchAction.RETRY_SKIPPED, "").orElseThrow();

      assertThat(again.counts()).isEqualTo(new Batch.Counts(MANY, 0, 0, 0, 0));
      assertThat(questions()).allMatch(question -> question.state() == QuestionState.PENDING);
    }

    @Test
    void deleting_a_question_during_a_cancel_keeps_the_counts_right() {
      var batch = batch();
      var last = questions().getLast();
      queue().applyToBatch(batch.id(), BatchAction.CANCEL, "");

      assertThat(store().queue().deleteQuestion(last.id())).isTrue();

      assertThat(store().queue().batch(batch.id()).orElseThrow().counts())
          .isEqualTo(new Batch.Counts(MANY - 1, 0, 0, 0, MANY - 1));
    }

    @Test
    void answers_are_deleted_and_evicted_in_steps() throws Exception {
      answers();
      count(store());

      assertThat(store().entries().evict(NOON, MANY - 1200)).isEqualTo(1200);
      assertThat(store().entries().delete("handbook", null, null)).isEqualTo(MANY - 1200);
      answers();
      count(store());
      assertThat(store().entries().evict(NOON.plus(Duration.ofDays(2)), MANY)).isEqualTo(MANY);

      assertThat(most()).isLessThan(MOST);
      assertThat(rows("answer_source")).isZero();
    }

    @Test
    void statistics_are_recorded_and_pruned_in_steps() throws Exception {
      var asked = new ArrayList<Ask>();
      for (int i = 0; i < MANY; i++) {
        asked.add(new Ask(NOON, "question " + i, "question " + i, "", null));
      }
      count(store());

      store().entries().recordAsks(asked);
      store().entries().pruneStatistics(NOON, 10);
      assertThat(rows("asked")).isEqualTo(10);
      store().entries().pruneStatistics(NOON.plus(Duration.ofHours(1)), 10);

      assertThat(most()).isLessThan(MOST);
      assertThat(rows("asked")).isZero();
    }

    @Test
    void the_log_is_pruned_in_steps() throws Exception {
      var batch = batch();
      var claims = store().claims().claim(MANY, Duration.ofMinutes(1), null);
      for (int from = 0; from < MANY; from += 100) {
        store()
            .claims()
            .settle(
                claims.subList(from, from + 100).stream()
                    .map(claim -> new Settlement(claim, new Verdict.End(AnswerOutcome.STORED, "")))
                    .toList());
      }
      assertThat(store().queue().batch(batch.id()).orElseThrow().state())
          .isEqualTo(BatchState.COMPLETED);
      count(store());

      store().log().prune(10);

      assertThat(rows("event")).isEqualTo(10);
      assertThat(most()).isLessThan(MOST);
    }
  }

  @Nested
  class Sqlite extends Contract {

    @TempDir private Path folder;
    private final AtomicInteger inTransaction = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Override
    JdbcAnswerStore open(Time time) {
      return JdbcAnswerStore.alone(
          JdbcStateDatabase.sqlite(folder.resolve("stoker.db")), null, time);
    }

    /// Rows of tables with a rowid; SQLite does not report others.
    @Override
    void count(JdbcAnswerStore store) {
      store
          .database()
          .write(
              "count rows",
              connection -> {
                var sqlite = (SQLiteConnection) connection.driverConnection();
                sqlite.addUpdateListener((_, _, _, _) -> inTransaction.incrementAndGet());
                sqlite.addCommitListener(
                    new SQLiteCommitListener() {
                      @Override
                      public void onCommit() {
                        most.accumulateAndGet(inTransaction.getAndSet(0), Math::max);
                      }

                      @Override
                      public void onRollback() {
                        inTransaction.set(0);
                      }
                    });
                return true;
              });
      inTransaction.set(0);
      most.set(0);
    }

    @Override
    int most() {
      return most.get();
    }
  }

  @Nested
  class Postgres extends Contract {

    private final RealPostgres postgres = RealPostgres.shared();
    private final DataSource dataSource = postgres.dataSource(postgres.newDatabase());

    @Override
    JdbcAnswerStore open(Time time) {
      return JdbcAnswerStore.alone(JdbcStateDatabase.postgres(dataSource), null, time);
    }

    @Override
    void count(JdbcAnswerStore store) throws SQLException {
      try (var connection = dataSource.getConnection();
          var statement = connection.createStatement()) {
        statement.execute(
            """
            DROP TABLE IF EXISTS public.changed;
            CREATE TABLE public.changed (transaction text);
            CREATE OR REPLACE FUNCTION public.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              INSERT INTO public.changed VALUES (pg_current_xact_id()::text);
              RETURN NULL;
            END $$;
            DO $$
            DECLARE name text;
            BEGIN
              FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'stoker' LOOP
                EXECUTE format('CREATE OR REPLACE TRIGGER noted'
                  || ' AFTER INSERT OR UPDATE OR DELETE ON stoker.%I'
                  || ' FOR EACH ROW EXECUTE FUNCTION public.note_change()', name);
              END LOOP;
            END $$
            """);
      }
    }

    @Override
    int most() throws SQLException {
      try (var connection = dataSource.getConnection();
          var statement = connection.createStatement();
          var rows =
              statement.executeQuery(
                  """
                  SELECT max(n) FROM
                    (SELECT count(*) AS n FROM public.changed GROUP BY transaction) counted
                  """)) {
        rows.next();
        assertThat(rows.getInt(1)).isPositive();
        return rows.getInt(1);
      }
    }
  }
}
