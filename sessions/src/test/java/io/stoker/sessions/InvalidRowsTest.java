package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.StokerException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InvalidRowsTest {

  /// A table that lets everything in.
  private static final String LOOSE =
      """
      CREATE TABLE loose (
        token_hash text,
        user_id text,
        expires_at timestamptz,
        last_activity_at timestamptz,
        seen_at timestamptz,
        first_name text,
        user_agent text,
        metadata jsonb,
        ip_address inet,
        visits int,
        score float8);
      """;

  private static final SessionMapping MAPPING = SessionMapping.tokens("SELECT * FROM loose");

  private static SessionDatabase database;
  private static SessionDatabase ascii;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_databases() {
    database = SessionDatabase.create();
    database.run(LOOSE);
    ascii = SessionDatabase.create("SQL_ASCII");
    ascii.run(LOOSE);
  }

  @BeforeEach
  void insert_ten_valid_sessions() {
    fill(database);
    world = SessionFixture.of(database.dataSource()).mapping(MAPPING).open();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token_hash = NULL | token_hash is not 64 hexadecimal digits",
        "token_hash = '' | token_hash is not 64 hexadecimal digits",
        "token_hash = left(token_hash, 16) | token_hash is not 64 hexadecimal digits",
        "token_hash = repeat('g', 64) | token_hash is not 64 hexadecimal digits",
        "token_hash = concat(upper(left(token_hash, 32)), right(token_hash, 32)) | token_hash mixes capitals and small letters",
        "user_id = NULL | user_id is null",
        "user_agent = repeat('x', 5000000) | larger than 4 MiB"
      })
  void an_unreadable_row_is_failed_with_its_reason_and_all_others_are_warmed(
      String change, String reason) {
    database.run("UPDATE loose SET %s WHERE user_id = 'user-3'".formatted(change));

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED_WITH_FAILURES, reason).counted(9, 1);
    assertThat(report.found()).isEqualTo(9);
    assertThat(report.sampled()).isEqualTo(10);
    assertThat(report.counts().failed()).isEqualTo(Map.of(reason, 1L));
    assertThat(world.sessionsInRedis()).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "user_id = NULL | user_id is null",
        "user_agent = repeat('x', 5000000) | larger than 4 MiB",
        "first_name = 'many' | invalid input syntax for type integer",
      })
  void look_ups_of_an_unreadable_row_do_not_stop_look_ups_of_others(String change, String reason) {
    database.run("UPDATE loose SET first_name = '1'");
    database.run("UPDATE loose SET %s WHERE user_id = 'user-3'".formatted(change));
    var mapping = SessionMapping.tokens("SELECT *, first_name::int AS age FROM loose");
    try (var casting = SessionFixture.of(database.dataSource()).mapping(mapping).open();
        var reader = casting.reader()) {
      for (int i = 0; i < 12; i++) {
        assertThatThrownBy(() -> reader.find(key(3)))
            .isInstanceOf(StokerException.class)
            .hasMessageContaining(reason);
      }

      assertThat(reader.find(key(4))).isPresent();
      assertThat(reader.counts().failed()).isEqualTo(12);
    }
  }

  @Test
  void a_session_whose_hash_is_stored_in_capitals_is_warmed_and_read_back() {
    database.run("UPDATE loose SET token_hash = upper(token_hash) WHERE user_id = 'user-3'");

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
    assertThat(members(3)).containsEntry("user_id", "user-3");
  }

  @Test
  void a_session_whose_hash_is_stored_in_capitals_is_looked_up_in_postgres() {
    database.run("UPDATE loose SET token_hash = upper(token_hash) WHERE user_id = 'user-3'");

    try (var reader = world.reader()) {
      assertThat(reader.find(key(3))).get().extracting(Session::userId).isEqualTo("user-3");
      assertThat(reader.find(key(4))).get().extracting(Session::userId).isEqualTo("user-4");
      assertThat(reader.counts().loaded()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"expires_at", "last_activity_at"})
  void a_session_without_an_end_or_an_activity_is_counted_and_named(String column) {
    database.run("UPDATE loose SET %s = NULL WHERE user_id = 'user-3'".formatted(column));

    var report = world.warm();

    assertThatRun(report)
        .ended(RunState.COMPLETED_WITH_FAILURES, column + " is null=1")
        .counted(9, 1);
    assertThat(report.found()).isEqualTo(9);
    assertThat(report.sampled()).isEqualTo(10);
    assertThat(world.sessionsInRedis()).isEqualTo(9);
  }

  @Test
  void nulls_in_other_columns_become_nulls() {
    database.run(
        """
        UPDATE loose SET seen_at = NULL, first_name = NULL, user_agent = NULL, metadata = NULL,
          ip_address = NULL, visits = NULL, score = NULL
        """);

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
    assertThat(members(3))
        .containsEntry("user_id", "user-3")
        .containsEntry("first_name", "null")
        .containsEntry("seen_at", "null")
        .containsEntry("metadata", "null")
        .containsEntry("ip_address", "null")
        .containsEntry("visits", "null")
        .containsEntry("score", "null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"first_name", "user_agent", "user_id"})
  void bytes_that_are_not_utf8_fail_their_row_and_no_other(String column) {
    fill(ascii);
    ascii.run("UPDATE loose SET %s = E'Bj\\xf6rn' WHERE user_id = 'user-3'".formatted(column));
    try (var asciiWorld = SessionFixture.of(ascii.dataSource()).mapping(MAPPING).open()) {
      var report = asciiWorld.warm();

      assertThatRun(report)
          .ended(RunState.COMPLETED_WITH_FAILURES, "a column is not UTF-8")
          .counted(9, 1);
      assertThat(report.found()).isEqualTo(9);
      assertThat(report.sampled()).isEqualTo(10);
      assertThat(report.counts().failed()).isEqualTo(Map.of("a column is not UTF-8", 1L));
      assertThat(asciiWorld.sessionsInRedis()).isEqualTo(9);
    }
  }

  @Test
  void a_user_agent_of_a_megabyte_is_warmed_and_read_back() {
    database.run(
        "UPDATE loose SET user_agent = repeat('0123456789abcdef', 65536) WHERE user_id = 'user-3'");

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
    assertThat(members(3)).containsEntry("user_agent", "0123456789abcdef".repeat(65_536));
  }

  @Test
  void a_megabyte_that_grows_when_escaped_is_warmed_and_read_back() {
    database.run(
        "UPDATE loose SET user_agent = repeat(E'\\x01\"\\\\', 300000) WHERE user_id = 'user-3'");

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
    assertThat(members(3)).containsEntry("user_agent", "\u0001\"\\".repeat(300_000));
  }

  @Test
  void every_character_comes_through_as_it_is() throws SQLException {
    var names = names();
    insert(names);
    var plan = SessionPlan.standard().change().limit(names.size()).plan();
    database.run("DELETE FROM loose WHERE first_name IS NULL");

    var report = world.warm(plan);

    assertThatRun(report).ended(RunState.COMPLETED).counted(names.size(), 0).verifiedInFull();
    try (var reader = world.reader()) {
      for (int i = 0; i < names.size(); i++) {
        var members = Json.members(reader.find("name-" + i).orElseThrow().json());
        assertThat(members.get("first_name")).as("name %s", i).isEqualTo(names.get(i));
        assertThat(members.get("metadata")).isEqualTo("{ name " + names.get(i) + " } }");
      }
      assertThat(reader.counts().loaded()).isZero();
    }
  }

  @Test
  void names_of_columns_come_through_as_they_are() {
    var odd = "SELECT *, 1 AS \"a\"\"b\\c é\u2028\", true AS \"\t\" FROM loose";
    try (var oddWorld =
        SessionFixture.of(database.dataSource()).mapping(SessionMapping.tokens(odd)).open()) {
      var report = oddWorld.warm();

      assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
      assertThat(members(oddWorld, key(3)))
          .containsEntry("a\"b\\c é\u2028", "1")
          .containsEntry("\t", "true");
    }
  }

  @Test
  void an_entry_says_what_postgres_says() {
    database.run(
        """
        UPDATE loose SET seen_at = '2024-02-29 23:59:59.000001+02', first_name = 'Zoë', visits = -3,
          user_agent = 'a/b', score = 0.1, ip_address = '2001:db8::1/64',
          metadata = '{"b": [1, null, {"c": "\\u00e9"}], "a": 1e3}'
        WHERE user_id = 'user-3'
        """);
    var row = " FROM loose WHERE user_id = 'user-3'";
    var json = database.text("SELECT to_jsonb(loose) - 'expires_at' - 'last_activity_at'" + row);
    var expected = Json.members(json);
    expected.put("seen_at", "2024-02-29T21:59:59.000001Z");

    assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(10, 0);

    assertThat(members(3)).containsAllEntriesOf(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "infinity | infinity",
        "-infinity | -infinity",
        "4713-01-01 00:00:00+00 BC | -4712-01-01T00:00:00Z",
        "294246-12-31 23:59:59.999999+00 | +294246-12-31T23:59:59.999999Z",
        "0001-01-01 00:00:00.5+00 | 0001-01-01T00:00:00.500000Z",
        "1969-12-31 23:59:59.999999+00 | 1969-12-31T23:59:59.999999Z"
      })
  void every_moment_that_postgres_knows_comes_through(String postgres, String json) {
    database.run("UPDATE loose SET seen_at = '%s'".formatted(postgres));

    assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();

    assertThat(members(3)).containsEntry("seen_at", json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"infinity", "9999-12-31 23:59:59+00", "20000-01-01", "294276-12-31"})
  void a_session_that_all_but_never_ends_is_warmed_for_as_long_as_the_cap(String end) {
    database.run("UPDATE loose SET expires_at = '%s'".formatted(end));

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
    assertThat(members(3)).containsKey("expires_at");
  }

  @Test
  void activity_in_an_infinite_future_is_warmed() {
    database.run("UPDATE loose SET last_activity_at = 'infinity' WHERE user_id = 'user-3'");

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(10, 0).verifiedInFull();
    assertThat(members(3)).containsEntry("last_activity_at", "infinity");
  }

  private Map<String, String> members(int i) {
    return members(world, key(i));
  }

  /// What a reader finds in Redis, and not in Postgres.
  private static Map<String, String> members(SessionFixture world, SessionKey key) {
    try (var reader = world.reader()) {
      var members = Json.members(reader.find(key).orElseThrow().json());
      assertThat(reader.counts().cacheHits()).isEqualTo(1);
      return members;
    }
  }

  /// Ten good sessions, of `user-1` to `user-10`.
  private static void fill(SessionDatabase database) {
    database.run(
        """
        TRUNCATE loose;
        INSERT INTO loose (token_hash, user_id, expires_at, last_activity_at)
        SELECT encode(sha256(convert_to('token-' || i, 'UTF8')), 'hex'), 'user-' || i,
               now() + interval '1 hour', now() - i * interval '1 second'
          FROM generate_series(1, 10) AS i
        """);
  }

  private static SessionKey key(int i) {
    return SessionKey.ofToken("token-" + i);
  }

  /// Every code point below U+0100 and some others, and 300 names made up of them.
  private static List<String> names() {
    var odd = new ArrayList<>(List.of("\u2028", "\u2029", "\ufeff", "\ud7ff", "\ue000", "\uffff"));
    odd.addAll(
        List.of(
            "😀", "👩‍👩‍👧", "\udbff\udfff", "ﷺ", "é", "e\u0301", "\\u0000", "\\\"", "</script>"));
    for (char c = 1; c < 0x100; c++) {
      odd.add(String.valueOf(c));
    }
    var random = new Random(42);
    var names = new ArrayList<>(odd);
    for (int i = 0; i < 300; i++) {
      names.add(
          random.ints(1 + random.nextInt(12), 0, odd.size()).mapToObj(odd::get).collect(joining()));
    }
    return names;
  }

  private static void insert(List<String> names) throws SQLException {
    try (var connection = database.dataSource().getConnection();
        var statement =
            connection.prepareStatement(
                """
                INSERT INTO loose (token_hash, user_id, expires_at, last_activity_at, first_name,
                                   metadata)
                SELECT encode(sha256(convert_to('name-' || (i - 1), 'UTF8')), 'hex'), 'user-' || i,
                       now() + interval '1 hour', now(), name, jsonb_build_object('name', name)
                  FROM unnest(?::text[]) WITH ORDINALITY AS named (name, i)
                """)) {
      statement.setArray(1, connection.createArrayOf("text", names.toArray()));
      statement.executeUpdate();
    }
  }
}
