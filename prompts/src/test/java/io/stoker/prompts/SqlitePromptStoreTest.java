package io.stoker.prompts;

import static io.stoker.prompts.PromptSamples.ping;
import static io.stoker.prompts.PromptSamples.said;
import static io.stoker.prompts.PromptSamples.scheduled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/// Tests of a store in a file, beyond the contract.
final class SqlitePromptStoreTest {

  @TempDir private Path folder;
  @AutoClose private JdbcStateDatabase state;
  @AutoClose private JdbcPromptStore store;

  @BeforeEach
  void open() {
    state = JdbcStateDatabase.sqlite(folder.resolve("stoker.db"));
    store = JdbcPromptStore.on(state);
  }

  @Test
  void a_file_opened_again_holds_everything() {
    var warm =
        new WarmRecord("chat", Instant.EPOCH, Duration.ZERO, "m", true, null, "asked too often");
    store.save(scheduled("chat", 3));
    store.append("chat", said("hello"), null);
    store.record(warm);
    store.close();
    state.close();

    open();

    assertThat(store.find("chat")).contains(scheduled("chat", 3));
    assertThat(store.history("chat", 0)).hasSize(1);
    assertThat(store.warms("chat", 9)).containsExactly(warm);
    assertThat(store.append("chat", said("again"), null)).isEqualTo(2);
  }

  @Test
  void conversations_unused_for_days_can_be_deleted() {
    for (var id : List.of("old", "older", "new")) {
      store.save(scheduled(id, 1));
    }
    var _ =
        store
            .database()
            .write(
                "age",
                connection -> {
                  connection.update(
                      "UPDATE conversation SET used_on = used_on - 8 WHERE id = 'old'");
                  return connection.update(
                      "UPDATE conversation SET used_on = used_on - 9 WHERE id = 'older'");
                });

    assertThat(store.deletable(7, 10)).containsExactly("older", "old");
    assertThat(store.deletable(7, 1)).containsExactly("older");
    assertThat(store.deletable(9, 10)).isEmpty();
    assertThat(store.deletable(null, 10)).isEmpty();

    store.save(scheduled("old", 2));

    assertThat(store.deletable(7, 10)).containsExactly("older");
  }

  @Test
  void a_deletion_that_broke_off_is_finished_by_the_next() {
    store.save(scheduled("chat", 1));
    store.append("chat", said("hello"), null);
    var _ =
        store.database().write("begin", connection -> JdbcDeletion.begin(connection, "chat", ""));

    assertThat(store.find("chat")).isEmpty();
    assertThat(store.history("chat", 0)).isEmpty();
    assertThat(store.deletable(null, 10)).containsExactly("chat");
    assertThatThrownBy(() -> store.append("chat", said("again"), null))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("is being deleted");

    assertThat(store.delete("chat")).isTrue();
    assertThat(store.deletable(null, 10)).isEmpty();
    assertThat(store.append("chat", said("again"), null)).isEqualTo(1);
  }

  @Test
  void no_transaction_removes_more_than_a_step() {
    store.append("chat", Collections.nCopies(1_201, said("hello").getFirst()), null);
    var _ =
        store.database().write("begin", connection -> JdbcDeletion.begin(connection, "chat", ""));

    var steps = new ArrayList<Integer>();
    int step;
    do {
      step = store.database().write("go on", connection -> JdbcDeletion.some(connection, "chat"));
      steps.add(step);
    } while (step > 0);

    assertThat(steps).containsExactly(500, 500, 201, 1, 0);
  }

  @Test
  void a_full_disk_is_said_so_and_with_room_again_all_goes_on_without_a_gap() {
    store.save(scheduled("chat", 1));
    store.append("chat", said("before"), null);
    limitPages(1); // which means: not one page more

    assertThatThrownBy(() -> store.append("chat", said("too long".repeat(10_000)), null))
        .isInstanceOfSatisfying(
            StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_UNREACHABLE))
        .hasMessageContaining("The disk is full");
    limitPages(1); // again, since the connection may be another one now
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                store.save(scheduled("another chat with quite a long id " + i, 1));
              }
            })
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("The disk is full");
    assertThat(store.find("chat")).contains(scheduled("chat", 1));
    assertThat(store.history("chat", 0)).hasSize(1);

    limitPages(1_000_000);

    assertThat(store.append("chat", said("after"), null)).isEqualTo(2);
    store.save(scheduled("chat", 2));
    assertThat(store.find("chat")).contains(scheduled("chat", 2));
  }

  @Test
  void a_failed_save_does_not_affect_others_in_its_transaction() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var busy = new CountDownLatch(1);
      var free = new CountDownLatch(1);
      var holding =
          threads.submit(() ->
              store
                  .database()
                  .writeConcurrently(
                      "hold the others up",
                      _ -> {
                        busy.countDown();
                        return awaited(free);
                      }));
      busy.await();

      var save = threads.submit(() -> store.save(scheduled("one", 1), List.of(ping("one", 5))));
      var failing =
          threads.submit(() ->
              store
                  .database()
                  .writeConcurrently(
                      "fail", connection -> connection.update("DELETE FROM nowhere")));
      var append = threads.submit(() -> store.append("one", said("hello"), null));
      free.countDown();

      assertThat(holding.get()).isTrue();
      save.get();
      assertThat(append.get()).isEqualTo(1);
      assertThatThrownBy(failing::get).hasCauseInstanceOf(StokerException.class);
      assertThat(store.find("one")).contains(scheduled("one", 1));
      assertThat(store.ledger().sums(Range.ALL).warms()).isEqualTo(1);
      assertThat(store.history("one", 0)).hasSize(1);
    }
  }

  @Test
  void a_state_is_not_saved_if_one_of_its_lines_is_refused_nor_are_the_other_lines() {
    store.save(scheduled("chat", 1), List.of(ping("chat", 1)));
    refuse("INSERT ON ledger WHEN new.cost = 13");

    assertThatThrownBy(
            () -> store.save(scheduled("chat", 2), List.of(ping("chat", 2), ping("chat", 13))))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("refused for a test");

    assertThat(store.find("chat")).contains(scheduled("chat", 1));
    assertThat(store.ledger().sums(Range.ALL).warms()).isEqualTo(1);
  }

  @Test
  void lines_are_not_added_if_their_state_is_refused() {
    store.save(scheduled("chat", 1), List.of(ping("chat", 1)));
    refuse("UPDATE ON conversation WHEN new.failures = 13");

    assertThatThrownBy(() -> store.save(scheduled("chat", 13), List.of(ping("chat", 2))))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("refused for a test");

    assertThat(store.find("chat")).contains(scheduled("chat", 1));
    assertThat(store.ledger().sums(Range.ALL).warms()).isEqualTo(1);
  }

  private void refuse(String what) {
    var trigger =
        "CREATE TRIGGER refusing BEFORE "
            + what
            + " BEGIN SELECT RAISE(ABORT, 'refused for a test'); END";
    store.database().writeConcurrently("refuse", connection -> connection.update(trigger));
  }

  @Test
  void conversations_of_the_first_version_are_as_they_were_and_have_cost_nothing()
      throws Exception {
    var file = folder.resolve("old.db");
    var old = new SQLiteDataSource();
    old.setUrl("jdbc:sqlite:" + file);
    Flyway.configure()
        .dataSource(old)
        .locations("classpath:io/stoker/prompts/sqlite")
        .table("stoker_prompts_history")
        .target("1")
        .load()
        .migrate();
    try (var connection = old.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO conversation
                 (id, model, cwd, enabled, warm_every, next_warm_at, touched_at, last_warm_at,
                  cache_percent, retention_percent, failures, trouble, rest)
          VALUES ('chat', 'simulator/small', '/srv/project', 1, 290000000, 1772366403000000,
                  1772366400000000, 1772366400000000, 97, 100, 3, '', 0)
          """);
    }

    try (var migrated = JdbcStateDatabase.sqlite(file);
        var opened = JdbcPromptStore.on(migrated)) {
      assertThat(opened.find("chat")).contains(scheduled("chat", 3));
      assertThat(opened.ledger().sums(Range.ALL)).isEqualTo(LedgerSums.NONE);
    }
  }

  @Test
  void of_the_warms_of_a_conversation_the_last_hundred_are_kept() {
    for (int i = 1; i <= 105; i++) {
      store.record(warm("chat", i));
      store.record(warm("other", i % 50));
    }

    assertThat(store.warms("chat", 1000)).hasSize(100).first().isEqualTo(warm("chat", 105));
    assertThat(store.warms("chat", 1000)).last().isEqualTo(warm("chat", 6));
    assertThat(store.warms("other", 1000)).hasSize(100);
  }

  private static WarmRecord warm(String id, int second) {
    return new WarmRecord(
        id, Instant.ofEpochSecond(second), Duration.ZERO, "m", false, Usage.NONE, "");
  }

  @Test
  void texts_that_no_database_can_keep_come_back() {
    var odd = "\uD83D \0 \uE000 \uDE00";
    var conversation = new Conversation("chat", odd, odd, scheduled("chat", 1).warming());
    store.save(conversation);
    store.append("chat", said(odd), null);

    assertThat(store.find("chat")).contains(conversation);
    assertThat(store.history("chat", 0))
        .extracting(StoredHistoryPart::part)
        .containsExactly(new HistoryPart.Text(odd));
  }

  @Test
  void more_than_a_page_of_enabled_conversations_is_visited() {
    int many = 4500;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < many; i++) {
        var conversation = scheduled("chat-" + i, i);
        threads.execute(() -> store.save(conversation));
      }
    }
    var seen = new HashSet<Conversation>();

    store.visitEnabled(each -> assertThat(seen.add(each)).isTrue());

    assertThat(seen).hasSize(many);
  }

  @Test
  void a_closed_store_says_that_it_is_closed() {
    store.close();
    store.close();

    assertThatThrownBy(() -> store.save(scheduled("chat", 1)))
        .isInstanceOf(StokerException.class)
        .hasMessage("The store is closed and cannot save conversation chat");
    assertThatThrownBy(() -> store.find("chat")).hasMessageContaining("is closed");
  }

  private void limitPages(int most) {
    store
        .database()
        .writeConcurrently(
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
}
