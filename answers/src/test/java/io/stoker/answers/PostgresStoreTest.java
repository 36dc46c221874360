package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.state.jdbc.JdbcStateDatabase;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/// Tests that only apply to a store that several processes share, beside the contracts.
final class PostgresStoreTest {

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final RealPostgres POSTGRES = RealPostgres.shared();

  private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T10:00:00Z"));
  private String database;

  @BeforeEach
  void make_a_database() {
    database = POSTGRES.newDatabase();
  }

  @Test
  void two_stores_claim_and_settle_each_of_5000_questions_once() throws Exception {
    try (var one = store();
        var other = store();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = one.queue().submit(submission(2500));
      var second = other.queue().submit(submission(2500));

      var workers = new ArrayList<Future<List<Long>>>();
      for (int i = 0; i < 8; i++) {
        int most = 7 + i;
        workers.add(threads.submit(worker(one, most)));
        workers.add(threads.submit(worker(other, most)));
      }
      var worked = new ArrayList<Long>();
      for (var worker : workers) {
        worked.addAll(worker.get());
      }

      assertThat(worked).hasSize(5000).doesNotHaveDuplicates();
      for (var batch : List.of(first, second)) {
        var after = one.queue().batch(batch.id()).orElseThrow();
        assertThat(after.state()).isEqualTo(BatchState.COMPLETED);
        assertThat(after.counts()).isEqualTo(new Batch.Counts(2500, 2500, 0, 0, 0));
      }
      assertThat(one.log().newest()).isEqualTo(2 + 2 + 5000 + 2);
    }
  }

  @Test
  void readers_of_the_log_miss_no_event_while_others_write() throws Exception {
    try (var one = store();
        var other = store();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new AtomicBoolean();
      var reader = threads.submit(() -> follow(one, done));
      one.queue().submit(submission(1000));

      var workers =
          List.of(
              threads.submit(worker(one, 3)),
              threads.submit(worker(other, 5)),
              threads.submit(worker(one, 11)),
              threads.submit(worker(other, 2)));
      for (var worker : workers) {
        worker.get();
      }
      done.set(true);

      var all = one.log().after(0, 9999).stream().map(AnswerLog.Event::id).toList();
      assertThat(all).hasSize(1003);
      assertThat(reader.get()).isEqualTo(all);
    }
  }

  @Test
  void a_rate_is_shared_by_all_stores() {
    try (var one = store();
        var other = store()) {
      one.queue().submit(submission(10));

      assertThat(one.claims().claim(5, LEASE, 6)).hasSize(1);
      assertThat(other.claims().claim(5, LEASE, 6)).isEmpty();
      time.advance(Duration.ofSeconds(10));
      assertThat(other.claims().claim(5, LEASE, 6)).hasSize(1);
      assertThat(one.claims().claim(5, LEASE, 6)).isEmpty();
    }
  }

  @Test
  void a_question_locked_by_another_transaction_is_skipped_without_waiting() throws Exception {
    try (var store = store();
        var stranger = dataSource().getConnection();
        var statement = stranger.createStatement()) {
      store.queue().submit(submission(3));
      stranger.setAutoCommit(false);
      statement.execute("SELECT id FROM stoker.query WHERE position = 0 FOR UPDATE");

      var whileLocked = store.claims().claim(3, LEASE, null);
      stranger.rollback();
      var afterwards = store.claims().claim(3, LEASE, null);

      assertThat(whileLocked).extracting(Claim::question).containsExactly("1", "2");
      assertThat(afterwards).extracting(Claim::question).containsExactly("0");
    }
  }

  @Test
  void a_frozen_writer_delays_others_no_longer_than_its_timeout() throws Exception {
    try (var halting =
            JdbcAnswerStore.alone(
                JdbcStateDatabase.postgres(dataSource(), Duration.ofMillis(200)), null, time);
        var other = store();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var holding = new CompletableFuture<Boolean>();
      var goOn = new CompletableFuture<Boolean>();
      var halted =
          threads.submit(() ->
              halting
                  .database()
                  .write(
                      "halt and go on",
                      connection -> {
                        holding.complete(true);
                        goOn.join();
                        return connection.update(
                            "INSERT INTO stoker.note VALUES ('halted', 'done')");
                      }));
      holding.join();

      var submitted = other.queue().submit(submission(1));
      boolean stillHalted = !halted.isDone();
      goOn.complete(true);

      assertThat(submitted.counts().total()).isEqualTo(1);
      assertThat(stillHalted).isTrue();
      assertThat(halted.get()).as("done in a new transaction").isEqualTo(1);
      assertThat(other.note("halted")).contains("done");
    }
  }

  @Test
  void a_claim_that_fails_in_between_releases_its_questions() throws Exception {
    try (var other = store();
        var halting =
            JdbcAnswerStore.alone(
                JdbcStateDatabase.postgres(dataSource(), Duration.ofMillis(200)), null, time);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.queue().submit(submission(2));
      var holding = new CompletableFuture<Boolean>();
      var goOn = new CompletableFuture<Boolean>();
      var halted =
          threads.submit(() ->
              halting
                  .database()
                  .claim(
                      "halt and go on",
                      connection -> {
                        var locked =
                            connection.list(
                                "SELECT id FROM stoker.query WHERE position = 0 FOR UPDATE",
                                row -> row.getLong(1));
                        holding.complete(true);
                        goOn.join();
                        return locked;
                      }));
      holding.join();

      var claimed = new ArrayList<Claim>();
      await()
          .until(() -> {
            claimed.addAll(other.claims().claim(1, LEASE, null));
            return claimed.size() == 2;
          });
      boolean stillHalted = !halted.isDone();
      goOn.complete(true);

      // The second question at once, the first when Postgres has ended the frozen transaction.
      assertThat(claimed).extracting(Claim::question).containsExactlyInAnyOrder("1", "0");
      assertThat(stillHalted).isTrue();
    }
  }

  @Test
  void a_cut_connection_is_reported_and_the_next_call_works_again() {
    try (var proxy = TcpProxy.to(POSTGRES.port());
        var store = AnswerStore.postgres(through(proxy), time)) {
      var before = store.queue().submit(submission(1));

      proxy.cut();
      assertThatThrownBy(() -> store.queue().submit(submission(1)))
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_UNREACHABLE))
          .hasMessageContaining("Postgres could not queue a batch")
          .hasMessageContaining("Check that Postgres runs and can be reached");
      assertThatThrownBy(() -> store.claims().claim(1, LEASE, null))
          .isInstanceOf(StokerException.class);
      assertThatThrownBy(() -> store.log().newest()).isInstanceOf(StokerException.class);
      proxy.restore();

      assertThat(store.queue().batches(null, 9, null).items()).containsExactly(before);
      assertThat(store.claims().claim(1, LEASE, null)).hasSize(1);
      assertThat(store.queue().submit(submission(1)).id()).isGreaterThan(before.id());
    }
  }

  @Test
  void connections_that_died_while_idle_are_replaced_unnoticed() {
    try (var proxy = TcpProxy.to(POSTGRES.port());
        var store = AnswerStore.postgres(through(proxy), time)) {
      store.queue().submit(submission(2));
      assertThat(store.claims().claim(1, LEASE, null)).hasSize(1);

      proxy.reset();

      assertThat(store.claims().claim(1, LEASE, null)).hasSize(1);
      assertThat(store.queue().submit(submission(1)).counts().total()).isEqualTo(1);
    }
  }

  @Test
  void all_callers_of_a_cut_database_get_an_error_and_are_served_afterwards() throws Exception {
    try (var proxy = TcpProxy.to(POSTGRES.port());
        var store = AnswerStore.postgres(through(proxy), time);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      proxy.cut();
      var failing = submitAll(store, threads);
      for (var one : failing) {
        assertThatThrownBy(one::get).hasCauseInstanceOf(StokerException.class);
      }
      proxy.restore();

      var working = submitAll(store, threads);
      for (var one : working) {
        assertThat(one.get().counts().total()).isEqualTo(1);
      }

      assertThat(store.queue().batches(null, 99, null).items()).hasSize(working.size());
    }
  }

  private static List<Future<Batch>> submitAll(AnswerStore store, ExecutorService threads) {
    return IntStream.range(0, 50)
        .mapToObj(_ -> threads.submit(() -> store.queue().submit(submission(1))))
        .toList();
  }

  @Test
  void an_interrupted_thread_is_served_and_stays_interrupted() throws Exception {
    try (var store = store()) {
      var batch = store.queue().submit(submission(1));
      var seen = new CompletableFuture<Boolean>();

      Thread.ofVirtual()
          .start(() -> {
            Thread.currentThread().interrupt();
            try {
              assertThat(store.queue().batch(batch.id())).isPresent();
              assertThat(store.queue().apply(batch.id(), BatchAction.PAUSE, "")).isPresent();
              seen.complete(Thread.currentThread().isInterrupted());
            } catch (RuntimeException e) {
              seen.completeExceptionally(e);
            }
          });

      assertThat(seen.get()).isTrue();
    }
  }

  @Test
  void a_role_that_may_not_create_tables_is_refused() throws SQLException {
    run("CREATE ROLE answers_guest_%s LOGIN PASSWORD 'guest'".formatted(database));
    var guest = POSTGRES.dataSource(database, "answers_guest_" + database, "guest");

    assertThatThrownBy(() -> AnswerStore.postgres(guest, time))
        .isInstanceOfSatisfying(
            StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED))
        .hasMessageContaining("Let the role create and write the schema stoker");
  }

  @Test
  void characters_that_postgres_cannot_keep_are_left_out() {
    try (var store = store()) {
      var batch =
          store.queue().submit(new Submission(List.of("a\0b"), BatchOptions.STANDARD, "key\0"));

      assertThat(store.queue().questions(batch.id(), null, 9, null).items())
          .extracting(Question::text)
          .containsExactly("ab");
    }
  }

  private static Callable<List<Long>> worker(AnswerStore store, int most) {
    return () -> {
      var worked = new ArrayList<Long>();
      var stored = new Verdict.End(AnswerOutcome.STORED, "");
      while (true) {
        var claims = store.claims().claim(most, LEASE, null);
        if (claims.isEmpty()) {
          return worked;
        }
        claims.forEach(claim -> worked.add(claim.questionId()));
        var settled =
            store
                .claims()
                .settle(claims.stream().map(claim -> new Settlement(claim, stored)).toList());
        assertThat(settled).hasSize(claims.size()).doesNotContain(false);
      }
    };
  }

  private static List<Long> follow(AnswerStore store, AtomicBoolean done) {
    var seen = new ArrayList<Long>();
    boolean last = false;
    while (!last) {
      last = done.get();
      var lines = store.log().after(seen.isEmpty() ? 0 : seen.getLast(), 9999);
      lines.forEach(line -> seen.add(line.id()));
    }
    return seen;
  }

  private AnswerStore store() {
    return AnswerStore.postgres(dataSource(), time);
  }

  private DataSource dataSource() {
    return POSTGRES.dataSource(database);
  }

  private DataSource through(TcpProxy proxy) {
    var dataSource = (PGSimpleDataSource) dataSource();
    dataSource.setPortNumbers(new int[] {proxy.port()});
    return dataSource;
  }

  private void run(String sql) throws SQLException {
    try (var connection = dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Submission submission(int questions) {
    return new Submission(
        IntStream.range(0, questions).mapToObj(Integer::toString).toList(),
        BatchOptions.STANDARD,
        null);
  }
}
