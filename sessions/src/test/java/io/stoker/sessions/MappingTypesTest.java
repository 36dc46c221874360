package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.StokerException;
import io.stoker.Time;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MappingTypesTest {

  private static final String HASH = "'" + Samples.key("a").name() + "'";
  private static final String ROW = "SELECT %s AS token_hash, 7 AS user_id, %s AS expires_at, %s";
  private static final String SOON = "now() + interval '1 hour'";

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_a_database() {
    database = SessionDatabase.create();
    database.run(
        """
        CREATE TABLE logins (
          hash text, who int, until timestamp, seen timestamp, banned_until timestamp);
        INSERT INTO logins
        SELECT repeat(n::text, 64), n, timezone('UTC', now()) + (n - 2) * interval '1 hour',
               timezone('UTC', now()), timezone('UTC', now()) + (n - 3) * interval '1 hour'
          FROM generate_series(1, 4) AS n;
        CREATE TABLE gaps (
          token_hash text, user_id int, expires_at timestamptz, last_activity_at timestamptz);
        INSERT INTO gaps
        SELECT repeat(n::text, 64), n, CASE WHEN n < 7 THEN now() + interval '1 hour' END,
               CASE WHEN n <> 6 AND n <> 9 THEN now() END
          FROM generate_series(1, 9) AS n;
        """);
  }

  /// The database as a process in a time zone connects to it.
  private static DataSource in(String zone) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, method, arguments) -> {
              try {
                var connection = (Connection) method.invoke(database.dataSource(), arguments);
                try (var statement = connection.createStatement()) {
                  statement.execute("SET TimeZone = '" + zone + "'");
                }
                return connection;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Pacific/Auckland", "America/Los_Angeles"})
  void times_without_a_zone_are_refused_in_every_time_zone(String zone) {
    var mapping =
        SessionMapping.tokens(
            "SELECT hash AS token_hash, who AS user_id, until AS expires_at,"
                + " seen AS last_activity_at FROM logins");
    world = SessionFixture.of(in(zone)).mapping(mapping).open();

    assertThatRun(world.warm())
        .ended(
            RunState.SOURCE_UNREACHABLE,
            "expected expires_at as timestamptz, got timestamp",
            "AT TIME ZONE 'UTC' AS expires_at")
        .didNothing();
    assertThatThrownBy(
            () -> world.source().find(SessionKey.ofTokenHash("1".repeat(64)), Fence.FIRST))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("AT TIME ZONE 'UTC' AS expires_at");
    assertThatThrownBy(() -> world.warmer().estimate(SessionPlan.standard()))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("AT TIME ZONE 'UTC' AS expires_at");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Pacific/Auckland", "America/Los_Angeles"})
  void the_line_of_the_message_selects_the_same_sessions_in_every_time_zone(String zone) {
    var mapping =
        SessionMapping.tokens(
            "SELECT hash AS token_hash, who AS user_id, until AT TIME ZONE 'UTC' AS expires_at,"
                + " seen AT TIME ZONE 'UTC' AS last_activity_at FROM logins"
                + " WHERE banned_until <= now()");
    world = SessionFixture.of(in(zone)).mapping(mapping).open();

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(1, 0);
    assertThat(world.store().read(List.of(SessionKey.ofTokenHash("3".repeat(64)))))
        .singleElement()
        .isInstanceOf(SessionLookup.Found.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "HASH | current_date | now() AS last_activity_at | expires_at as timestamptz, got date | COLUMN::timestamp AT TIME ZONE 'UTC' AS expires_at",
        "HASH | 1900000000 | now() AS last_activity_at | expires_at as timestamptz, got int4 | to_timestamp(COLUMN) AS expires_at",
        "HASH | now() | now()::text AS last_activity_at | last_activity_at as timestamptz, got text | COLUMN::timestamptz AS last_activity_at",
        "HASH | now() | NULL AS last_activity_at | last_activity_at as timestamptz, got text | COLUMN::timestamptz AS last_activity_at",
        "sha256('a') | now() | now() AS last_activity_at | token_hash as text, got bytea | encode(COLUMN, 'hex') AS token_hash",
        "gen_random_uuid() | now() | now() AS last_activity_at | token_hash as text, got uuid | COLUMN::text AS token_hash",
        "HASH | now() | now() AS last_activity_at, 1 AS fence | no column fence | fence AS session_fence",
        "HASH | now() | now() AS last_activity_at, true AS revoked | no column revoked | revoked AS session_revoked"
      })
  void a_column_that_does_not_fit_is_refused_with_the_line_to_write(
      String hash, String expiry, String activity, String problem, String line) {
    var mapping =
        SessionMapping.tokens(ROW.formatted(hash.replace("HASH", HASH), expiry, activity));
    var source = SessionSource.jdbc(database.dataSource(), mapping, Time.system());

    assertThatThrownBy(() -> source.find(Samples.key("a"), Fence.FIRST))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("expected " + problem)
        .hasMessageContaining(line);
  }

  @Test
  void a_missing_table_is_reported_with_the_setting_of_the_mapping() {
    var mapping = SessionMapping.tokens("SELECT * FROM nowhere");
    var source = SessionSource.jdbc(database.dataSource(), mapping, Time.system());

    assertThatThrownBy(() -> source.find(Samples.key("a"), Fence.FIRST))
        .hasMessageContaining("set the mapping to a SELECT of your own tables")
        .hasMessageContaining("stoker.sessions.mapping, --mapping");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s::varchar", "%s::char(64)"})
  void a_hash_of_any_type_of_text_is_found(String type) {
    var mapping =
        SessionMapping.tokens(
            ROW.formatted(type.formatted(HASH), SOON, "now() AS last_activity_at"));
    var source = SessionSource.jdbc(database.dataSource(), mapping, Time.system());

    assertThat(source.find(Samples.key("a"), Fence.FIRST).entries()).hasSize(1);
  }

  @Test
  void sessions_without_expiry_or_activity_are_counted_and_named() {
    world =
        SessionFixture.of(database.dataSource())
            .mapping(SessionMapping.tokens("SELECT * FROM gaps"))
            .open();

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED_WITH_FAILURES).counted(5, 3);
    assertThat(report.counts().failed())
        .isEqualTo(Map.of("expires_at is null", 2L, "last_activity_at is null", 1L));
  }

  @Test
  void sessions_without_activity_do_not_count_beyond_the_limit() {
    world =
        SessionFixture.of(database.dataSource())
            .mapping(SessionMapping.tokens("SELECT * FROM gaps WHERE expires_at IS NOT NULL"))
            .open();

    var report = world.warm(SessionPlan.standard().change().limit(5).plan());

    assertThatRun(report).ended(RunState.COMPLETED).counted(5, 0);
  }
}
