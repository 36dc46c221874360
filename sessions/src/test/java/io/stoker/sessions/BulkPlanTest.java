package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whether Postgres knows how much it is asked for, and by which index.
final class BulkPlanTest {

  private static final int SESSIONS = 20_000;
  private static final Pattern EXPECTED_ROWS = Pattern.compile("rows=(\\d+)");

  private static SessionDatabase database;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    database.run(
        """
        CREATE TABLE many AS
        SELECT encode(sha256(convert_to('token-' || i, 'UTF8')), 'hex') AS token_hash,
               'user-' || i AS user_id,
               now() + interval '1 hour' AS expires_at,
               now() - interval '1 ms' * i AS last_activity_at
          FROM generate_series(1, %d) AS i;
        CREATE UNIQUE INDEX many_token_hash ON many (token_hash);
        ANALYZE many;
        """
            .formatted(SESSIONS));
  }

  @Test
  void the_bulk_is_planned_for_as_many_sessions_as_there_are() throws SQLException {
    var plan = SessionPlan.standard().change().limit(SessionPlan.ALL).plan();
    var mapping = SessionMapping.tokens("SELECT * FROM many");
    var source = new JdbcSessionSource(database.dataSource(), mapping, Time.system());

    try (var connection = source.connect()) {
      source.begin(connection, plan.query());
      var bounds =
          source.boundBulk(connection, plan.query(), Time.system().now().plus(Duration.ofDays(1)));
      var copy = source.sql().bulk(List.of("token_hash"), bounds);
      var rows = EXPECTED_ROWS.matcher(explained(connection, copy));

      assertThat(rows.find()).isTrue();
      assertThat(Integer.parseInt(rows.group(1))).isBetween(SESSIONS / 2, SESSIONS * 2);
      connection.rollback();
    }
  }

  @Test
  void a_look_up_is_served_by_the_index_on_the_hash() throws SQLException {
    var mapping = SessionMapping.tokens("SELECT * FROM many");
    var source = new JdbcSessionSource(database.dataSource(), mapping, Time.system());

    try (var connection = source.connect()) {
      source.begin(connection, SessionPlan.standard().query());

      assertThat(explained(connection, source.sql().one(List.of("token_hash"))))
          .contains("many_token_hash")
          .doesNotContain("Seq Scan");
      connection.rollback();
    }
  }

  private static String explained(Connection connection, String copy) throws SQLException {
    var query = copy.substring("COPY (".length(), copy.lastIndexOf(") TO STDOUT"));
    var plan = new StringBuilder();
    try (var statement = connection.createStatement();
        var lines = statement.executeQuery("EXPLAIN " + query)) {
      while (lines.next()) {
        plan.append(lines.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }
}
