package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.answers.AnswerStore;
import io.stoker.prompts.HistoryPart;
import io.stoker.prompts.Message;
import io.stoker.prompts.MessageRole;
import io.stoker.prompts.PromptStore;
import io.stoker.state.StateDatabase;
import io.stoker.testing.RealPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Several warmers keep their state in one database.
final class StateDatabaseTest {

  private static final List<Message> HELLO =
      List.of(new Message(MessageRole.USER, new HistoryPart.Text("hello")));

  @TempDir private Path folder;

  private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T10:00:00Z"));

  /// A database that can be opened again and looked into.
  interface Place {

    StateDatabase open(Path folder);

    Connection connect(Path folder) throws SQLException;
  }

  static Stream<Place> places() {
    var postgres = RealPostgres.shared();
    var database = postgres.dataSource(postgres.newDatabase());
    return Stream.of(
        new Place() {
          @Override
          public StateDatabase open(Path folder) {
            return StateDatabase.sqlite(folder.resolve("stoker.db"));
          }

          @Override
          public Connection connect(Path folder) throws SQLException {
            return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("stoker.db"));
          }

          @Override
          public String toString() {
            return "SQLite";
          }
        },
        new Place() {
          @Override
          public StateDatabase open(Path folder) {
            return StateDatabase.postgres(database);
          }

          @Override
          public Connection connect(Path folder) throws SQLException {
            var connection = database.getConnection();
            connection.setSchema("stoker");
            return connection;
          }

          @Override
          public String toString() {
            return "Postgres";
          }
        });
  }

  @ParameterizedTest
  @MethodSource("places")
  void two_warmers_share_a_database_and_find_their_own_tables_again(Place place) {
    try (var state = place.open(folder);
        var answers = AnswerStore.on(state, time)) {
      answers.note("settings", "fast"); // so that the writer is at work when the other comes
      try (var prompts = PromptStore.on(state)) {
        prompts.append("chat", HELLO, null);
        answers.note("settings", "slow");
        prompts.append("chat", HELLO, null);
      }
      answers.note("settings", "steady");
    }

    try (var state = place.open(folder);
        var prompts = PromptStore.on(state);
        var answers = AnswerStore.on(state, time)) {
      assertThat(prompts.append("chat", HELLO, null)).isEqualTo(3);
      assertThat(answers.note("settings")).contains("steady");
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void a_warmer_is_added_to_a_database_of_another(Place place) {
    try (var state = place.open(folder);
        var prompts = PromptStore.on(state)) {
      prompts.append("chat", HELLO, null);
    }

    try (var state = place.open(folder);
        var answers = AnswerStore.on(state, time);
        var prompts = PromptStore.on(state)) {
      answers.note("settings", "fast");
      assertThat(prompts.history("chat", 0)).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void tables_of_a_newer_version_are_rejected_for_their_warmer_only(Place place) throws Exception {
    try (var state = place.open(folder)) {
      AnswerStore.on(state, time).close();
      PromptStore.on(state).close();
    }
    try (var connection = place.connect(folder);
        var statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO stoker_prompts_history
          SELECT 99, '99', 'later', type, 'V99__later.sql', 1, installed_by, installed_on, 1, success
            FROM stoker_prompts_history WHERE version = '1'
          """);
    }

    try (var state = place.open(folder);
        var answers = AnswerStore.on(state, time)) {
      assertThatThrownBy(() -> PromptStore.on(state))
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED))
          .hasMessageContaining("do not fit this version of Stoker");
      answers.note("settings", "fast");
      assertThat(answers.note("settings")).contains("fast");
    } finally {
      try (var connection = place.connect(folder);
          var statement = connection.createStatement()) {
        statement.execute("DELETE FROM stoker_prompts_history WHERE version = '99'");
      }
    }
  }

  @Test
  void a_database_with_foreign_tables_is_rejected_and_unchanged() throws Exception {
    var file = folder.resolve("letters.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE letter (body TEXT)");
    }

    try (var state = StateDatabase.sqlite(file)) {
      assertThatThrownBy(() -> PromptStore.on(state))
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED));
    }

    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var tables = connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE"})) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getString("TABLE_NAME")).isEqualTo("letter");
      assertThat(tables.next()).isFalse();
    }
  }

  @Test
  void stores_fail_after_their_database_is_closed() {
    var state = StateDatabase.sqlite(folder.resolve("stoker.db"));
    var prompts = PromptStore.on(state);
    prompts.append("chat", HELLO, null);

    state.close();

    assertThatThrownBy(() -> prompts.append("chat", HELLO, null))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("is closed");
  }
}
