package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whether Postgres knows how much it is asked for.
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
      var query = copy.substring("COPY (".length(), copy.lastIndexOf(") TO STDOUT"));
      try (var statement = connection.createStatement();
          var explained = statement.executeQuery("EXPLAIN " + query)) {
        explained.next();
        var rows = EXPECTED_ROWS.matcher(explained.getString(1));

        assertThat(rows.find()).isTrue();
        assertThat(Integer.parseInt(rows.group(1))).isBetween(SESSIONS / 2, SESSIONS * 2);
      }
      connection.rollback();
    }
  }
}
