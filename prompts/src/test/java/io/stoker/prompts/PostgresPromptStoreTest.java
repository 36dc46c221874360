package io.stoker.prompts;

import static io.stoker.prompts.PromptSamples.ping;
import static io.stoker.prompts.PromptSamples.said;
import static io.stoker.prompts.PromptSamples.scheduled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.state.StateDatabase;
import io.stoker.testing.RealPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests of a store in Postgres, beyond the contract.
@Timeout(120)
final class PostgresPromptStoreTest {

  /// Few, since Postgres takes a second to detect a deadlock.
  private static final int ROUNDS = 6;

  @Test
  void a_postgres_that_is_killed_and_comes_back_costs_nothing_acknowledged() {
    try (var postgres = RealPostgres.start();
        var state = StateDatabase.postgres(postgres.dataSource());
        var store = PromptStore.on(state)) {
      store.save(scheduled("chat", 1), List.of(ping("chat", 1)));
      store.append("chat", said("before"), null);

      postgres.kill();

      assertThatThrownBy(() -> store.save(scheduled("chat", 2), List.of(ping("chat", 2))))
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_UNREACHABLE));
      assertThatThrownBy(() -> store.append("chat", said("lost"), null))
          .isInstanceOf(StokerException.class);
      assertThatThrownBy(() -> store.find("chat")).isInstanceOf(StokerException.class);
      assertThatThrownBy(() -> store.visitEnabled(_ -> {})).isInstanceOf(StokerException.class);

      postgres.restart();

      assertThat(store.find("chat")).contains(scheduled("chat", 1));
      assertThat(store.ledger().sums(Range.ALL).costs().spent()).isEqualTo(1);
      assertThat(store.append("chat", said("after"), null)).isEqualTo(2);
      store.save(scheduled("chat", 3));
      assertThat(store.list(true, 9, null)).containsExactly(scheduled("chat", 3));
    }
  }

  @Test
  void a_state_is_not_saved_if_one_of_its_lines_is_refused_nor_are_the_other_lines()
      throws Exception {
    var database = freshDatabase();
    try (var state = StateDatabase.postgres(database);
        var store = PromptStore.on(state)) {
      store.save(scheduled("chat", 1), List.of(ping("chat", 1)));
      execute(database, "ALTER TABLE stoker.ledger ADD CONSTRAINT lucky CHECK (cost <> 13)");

      assertThatThrownBy(
              () -> store.save(scheduled("chat", 2), List.of(ping("chat", 2), ping("chat", 13))))
          .isInstanceOf(StokerException.class)
          .hasMessageContaining("lucky");

      assertThat(store.find("chat")).contains(scheduled("chat", 1));
      assertThat(store.ledger().sums(Range.ALL).warms()).isEqualTo(1);
    }
  }

  @Test
  void lines_are_not_added_if_their_state_is_refused() throws Exception {
    var database = freshDatabase();
    try (var state = StateDatabase.postgres(database);
        var store = PromptStore.on(state)) {
      store.save(scheduled("chat", 1), List.of(ping("chat", 1)));
      execute(
          database, "ALTER TABLE stoker.conversation ADD CONSTRAINT lucky CHECK (failures <> 13)");

      assertThatThrownBy(() -> store.save(scheduled("chat", 13), List.of(ping("chat", 2))))
          .isInstanceOf(StokerException.class)
          .hasMessageContaining("lucky");

      assertThat(store.find("chat")).contains(scheduled("chat", 1));
      assertThat(store.ledger().sums(Range.ALL).warms()).isEqualTo(1);
    }
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void two_stores_at_the_same_conversations_leave_no_gap_and_lose_nothing() throws Exception {
    var database = freshDatabase();
    try (var one = StateDatabase.postgres(database);
        var other = StateDatabase.postgres(database);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var oneStore = PromptStore.on(one);
        var otherStore = PromptStore.on(other)) {
      var writers = new ArrayList<Future<?>>();
      for (var store : List.of(oneStore, otherStore)) {
        for (int i = 0; i < 4; i++) {
          boolean upwards = i % 2 == 0;
          writers.add(threads.submit(() -> write(store, upwards)));
        }
      }
      for (var writer : writers) {
        writer.get();
      }

      for (int chat = 0; chat < 5; chat++) {
        assertThat(oneStore.history("chat-" + chat, 0))
            .extracting(StoredHistoryPart::seq)
            .containsExactlyElementsOf(LongStream.rangeClosed(1, 8 * ROUNDS).boxed().toList());
      }
      assertThat(otherStore.list(true, 99, null)).hasSize(5);
      assertThat(otherStore.ledger().sums(Range.ALL).warms()).isEqualTo(5 * 8 * ROUNDS);
    }
  }

  /// In both directions, so that two transactions lock the same rows in different orders.
  private static void write(PromptStore store, boolean upwards) {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 5; i++) {
        var id = "chat-" + (upwards ? i : 4 - i);
        store.append(id, said("hello"), null);
        while (!isSaved(store, scheduled(id, round))) {
          assertThat(store.leases().take(id, false)).isTrue();
        }
      }
    }
  }

  /// A rejected save changes nothing, and the new owner can save.
  private static boolean isSaved(PromptStore store, Conversation conversation) {
    try {
      store.save(conversation, List.of(ping(conversation.id(), 1)));
      return true;
    } catch (ConversationTakenException _) {
      return false;
    }
  }

  @Test
  void what_another_store_has_taken_is_refused_and_stays_as_it_is() {
    var database = freshDatabase();
    try (var one = StateDatabase.postgres(database);
        var other = StateDatabase.postgres(database);
        var oneStore = PromptStore.on(one);
        var otherStore = PromptStore.on(other)) {
      oneStore.save(scheduled("chat", 1), List.of(ping("chat", 1)));
      assertThat(otherStore.leases().has("chat")).isFalse();
      assertThatThrownBy(() -> otherStore.save(scheduled("chat", 2), List.of(ping("chat", 2))))
          .isInstanceOf(ConversationTakenException.class);

      assertThat(otherStore.leases().take("chat", false)).isTrue();
      otherStore.save(scheduled("chat", 3));

      assertThatThrownBy(() -> oneStore.save(scheduled("chat", 4), List.of(ping("chat", 4))))
          .isInstanceOf(ConversationTakenException.class);
      assertThat(oneStore.find("chat")).contains(scheduled("chat", 3));
      assertThat(oneStore.ledger().sums(Range.ALL).costs().spent()).isEqualTo(1);
      oneStore.add(List.of(ping("chat", 4)));
      assertThat(oneStore.ledger().sums(Range.ALL).costs().spent()).isEqualTo(5);
    }
  }

  private static DataSource freshDatabase() {
    return RealPostgres.shared().dataSource(RealPostgres.shared().newDatabase());
  }
}
