package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests that only apply to a store in a file, beside the contracts.
final class SqliteStoreTest {

  private static final Duration LEASE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T10:00:00Z"));

  @Test
  void the_folder_is_created_and_a_reopened_file_has_everything() {
    var file = folder.resolve("data/deep/stoker.db");
    Batch batch;
    try (var store = AnswerStore.sqlite(file, time)) {
      batch = store.queue().submit(submission("a", "b"));
      settle(store, store.claims().claim(1, LEASE, null));
      store.note("settings", "fast");
    }

    try (var store = AnswerStore.sqlite(file, time)) {
      assertThat(store.queue().batch(batch.id()).orElseThrow().counts())
          .isEqualTo(new Batch.Counts(2, 1, 0, 0, 0));
      assertThat(store.queue().history(batch.id())).hasSize(1);
      assertThat(store.log().after(0, 10)).hasSize(3);
      assertThat(store.note("settings")).contains("fast");
      assertThat(store.claims().claim(9, LEASE, null)).extracting(Claim::question).contains("b");
    }
  }

  @Test
  void changes_survive_a_killed_process() throws Exception {
    var file = folder.resolve("stoker.db");
    var copy = folder.resolve("copy.db");
    try (var store = AnswerStore.sqlite(file, time)) {
      var batch = store.queue().submit(submission("a", "b"));
      settle(store, store.claims().claim(2, LEASE, null));

      Files.copy(file, copy);
      Files.copy(folder.resolve("stoker.db-wal"), folder.resolve("copy.db-wal"));

      try (var after = AnswerStore.sqlite(copy, time)) {
        assertThat(after.queue().batch(batch.id()).orElseThrow().state())
            .isEqualTo(BatchState.COMPLETED);
        assertThat(after.log().after(0, 10)).hasSize(5);
      }
    }
  }

  @Test
  void a_full_disk_is_reported_and_leaves_no_partial_writes() {
    try (var store =
        JdbcAnswerStore.alone(JdbcStateDatabase.sqlite(folder.resolve("stoker.db")), null, time)) {
      var small = store.queue().submit(submission("small"));
      long events = store.log().newest();
      limitPages(store, 60);
      var large = IntStream.range(0, 9000).mapToObj(i -> "a question of some length " + i);
      var submission = new Submission(large.toList(), BatchOptions.STANDARD, null);

      assertThatThrownBy(() -> store.queue().submit(submission))
          .isInstanceOfSatisfying(
              StokerException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.SOURCE_UNREACHABLE);
                assertThat(e).hasMessageContaining("The disk is full");
              });
      assertThat(store.queue().batches(null, 10, null).items()).containsExactly(small);
      assertThat(store.log().newest()).isEqualTo(events);

      settle(store, store.claims().claim(1, LEASE, null));
      limitPages(store, 1_000_000);

      assertThat(store.queue().submit(submission).counts().total()).isEqualTo(9000);
      assertThat(store.queue().batch(small.id()).orElseThrow().state())
          .isEqualTo(BatchState.COMPLETED);
    }
  }

  @Test
  void a_refused_call_does_not_affect_calls_of_the_same_commit() throws Exception {
    try (var store =
            JdbcAnswerStore.alone(
                JdbcStateDatabase.sqlite(folder.resolve("stoker.db")), null, time);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var over = store.queue().submit(submission("over"));
      var _ = store.queue().apply(over.id(), BatchAction.CANCEL, "");
      var busy = new CountDownLatch(1);
      var free = new CountDownLatch(1);
      var holding =
          threads.submit(() ->
              store
                  .database()
                  .write(
                      "hold the others up",
                      _ -> {
                        busy.countDown();
                        return awaited(free);
                      }));
      busy.await();

      var one = threads.submit(() -> store.queue().submit(submission("one")));
      var refused = threads.submit(() -> store.queue().apply(over.id(), BatchAction.PAUSE, ""));
      var two = threads.submit(() -> store.queue().submit(submission("two")));
      free.countDown();

      assertThat(holding.get()).isTrue();
      assertThat(one.get().counts().total()).isEqualTo(1);
      assertThat(two.get().counts().total()).isEqualTo(1);
      assertThatThrownBy(refused::get).hasCauseInstanceOf(IllegalActionException.class);
      assertThat(store.queue().batches(null, 10, null).items()).hasSize(3);
      assertThat(store.log().after(0, 99)).extracting(AnswerLog.Event::id).isSorted().hasSize(5);
    }
  }

  @Test
  void a_file_that_is_not_a_database_is_refused_and_unchanged() throws Exception {
    var file = folder.resolve("letter.txt");
    Files.writeString(file, "Dear Sir or Madam, ".repeat(100));

    assertThatThrownBy(() -> AnswerStore.sqlite(file, time))
        .isInstanceOfSatisfying(
            StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED))
        .hasMessageContaining("letter.txt");
    assertThat(file).content().startsWith("Dear Sir");
  }

  @Test
  void a_file_of_a_newer_version_is_refused() throws Exception {
    var file = folder.resolve("stoker.db");
    AnswerStore.sqlite(file, time).close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO stoker_answers_history
          SELECT 99, '99', 'later', type, 'V99__later.sql', 1, installed_by, installed_on, 1, success
            FROM stoker_answers_history WHERE version = '1'
          """);
    }

    assertThatThrownBy(() -> AnswerStore.sqlite(file, time))
        .isInstanceOfSatisfying(
            StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED))
        .hasMessageContaining("do not fit this version of Stoker");
  }

  @Test
  void a_folder_that_cannot_be_created_is_reported() throws Exception {
    var file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> AnswerStore.sqlite(file.resolve("stoker.db"), time))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("cannot be created");
  }

  @Test
  void a_closed_store_says_that_it_is_closed() {
    var store = AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    store.close();
    store.close();

    assertThatThrownBy(() -> store.queue().submit(submission("late")))
        .isInstanceOf(StokerException.class)
        .hasMessage("The store is closed and cannot queue a batch");
    assertThatThrownBy(() -> store.queue().batch(1)).hasMessageContaining("is closed");
  }

  private static void limitPages(JdbcAnswerStore store, int most) {
    store
        .database()
        .write(
            "limit the pages", connection -> connection.number("PRAGMA max_page_count = " + most));
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void settle(AnswerStore store, List<Claim> claims) {
    var stored = new Verdict.End(AnswerOutcome.STORED, "");
    assertThat(
            store
                .claims()
                .settle(claims.stream().map(claim -> new Settlement(claim, stored)).toList()))
        .doesNotContain(false);
  }

  private static Submission submission(String... questions) {
    return new Submission(List.of(questions), BatchOptions.STANDARD, null);
  }
}
