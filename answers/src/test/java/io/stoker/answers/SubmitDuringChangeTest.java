package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prints how long a submission waits while a document changes on which 100,000 answers are based.
/// The bounded size of transactions is asserted by [BoundedTransactionsTest].
@Tag("soak")
class SubmitDuringChangeTest {

  private static final int ANSWERS = 100_000;

  private final Time time = Time.system();

  @TempDir private Path folder;

  @Test
  void a_submission_waits_for_a_step_and_not_for_the_change_in_sqlite() throws Exception {
    measure("SQLite", AnswerStore.sqlite(folder.resolve("stoker.db"), time));
  }

  @Test
  void a_submission_waits_for_a_step_and_not_for_the_change_in_postgres() throws Exception {
    var postgres = RealPostgres.shared();
    measure("Postgres", AnswerStore.postgres(postgres.dataSource(postgres.newDatabase()), time));
  }

  private void measure(String name, AnswerStore store) throws InterruptedException {
    try (store) {
      answers((JdbcAnswerStore) store);
      var quiet = new ArrayList<Duration>();
      for (int i = 0; i < 100; i++) {
        quiet.add(submit(store));
      }
      var began = time.ticks();
      store.documents().put("handbook", "Handbook", "", "new text");
      var over = new AtomicBoolean();
      var worker =
          Thread.ofPlatform()
              .start(() -> {
                while (store.queue().runJobStep()) {
                  // A step at a time.
                }
                over.set(true);
              });
      var waits = new ArrayList<Duration>();
      while (!over.get()) {
        waits.add(submit(store));
        time.pause(Duration.ofMillis(5));
      }
      worker.join();
      System.out.printf(
          "Soak: %s: the change took %d ms; %d submissions meanwhile, median %d ms, 99th"
              + " percentile %d ms, slowest %d ms; in quiet times median %d ms, slowest %d ms%n",
          name,
          time.ticks().minus(began).toMillis(),
          waits.size(),
          part(waits, 0.5),
          part(waits, 0.99),
          part(waits, 1),
          part(quiet, 0.5),
          part(quiet, 1));

      var now = time.now();
      assertThat(store.entries().totals(now, Instant.EPOCH).stale()).isEqualTo(ANSWERS);
    }
  }

  private Duration submit(AnswerStore store) {
    var began = time.ticks();
    store.queue().submit(new Submission(List.of("What is a lease?"), BatchOptions.STANDARD, null));
    return time.ticks().minus(began);
  }

  private static long part(List<Duration> waits, double share) {
    var sorted = waits.stream().sorted().toList();
    int place = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, place)).toMillis();
  }

  private void answers(JdbcAnswerStore store) {
    store
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
                         'An answer of some hundred characters, as a retrieval pipeline gives them;'
                           || ' this is number ' || i, 90, 'model', '', 0, ?, i, ?, 0, 10
                    FROM n
                  """,
                  ANSWERS,
                  time.now().plus(Duration.ofDays(1)),
                  false);
              return connection.update(
                  """
                  INSERT INTO stoker.answer_source
                         (answer_id, position, document, version, title, passage, score)
                  SELECT id, 0, 'handbook', 1, 'Handbook', 'passage', 1.0 FROM stoker.answer
                  """);
            });
  }
}
