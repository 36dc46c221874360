package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.SessionSchema;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcSessionSourceTest extends SessionSourceContract {

  private static final UUID USER = new UUID(0, 7);

  private static DataSource database;

  @BeforeAll
  static void createDatabase() {
    database = RealPostgres.shared().dataSource(RealPostgres.shared().newDatabase());
    SessionSchema.create(database);
  }

  @BeforeEach
  void addTheUser() throws SQLException {
    SessionSchema.empty(database);
    execute(
        "INSERT INTO platform.users (id, email, username, first_name) VALUES (?, 'a@b.example', 'zoe', 'Zoë \"Z\"')",
        USER);
  }

  private static void execute(String sql, Object... parameters) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    }
  }

  @Override
  SessionSource source() {
    return SessionSource.jdbc(database, SessionMapping.standard(), Time.system());
  }

  @Override
  void add(SessionKey key, Instant expiresAt, Instant lastActivityAt) {
    try {
      execute(
          "INSERT INTO platform.user_sessions"
              + " (id, user_id, token, expires_at, last_activity_at, created_at, ip_address)"
              + " VALUES (?, ?, ?, ?, ?, now(), '192.0.2.7')",
          UUID.randomUUID(),
          USER,
          key.name(),
          OffsetDateTime.ofInstant(expiresAt, ZoneOffset.UTC),
          OffsetDateTime.ofInstant(lastActivityAt, ZoneOffset.UTC));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  Instant now() {
    return Time.system().now();
  }

  @Override
  String userId() {
    return USER.toString();
  }

  @Test
  void an_entry_holds_every_column_of_the_mapping_but_no_refresh_token() throws SQLException {
    add(Samples.key("a"), now().plusSeconds(3600), now());
    execute("UPDATE platform.user_sessions SET refresh_token = 'secret', user_agent = NULL");

    var chunk = source().find(Samples.key("a"), Fence.FIRST);

    var session = TokenJson.session(chunk.entries().getFirst());
    assertThat(session.json())
        .contains("\"first_name\":\"Zoë \\\"Z\\\"\"")
        .contains("\"ip_address\":\"192.0.2.7\"")
        .contains("\"user_agent\":null")
        .doesNotContain("secret");
  }

  @Test
  void the_columns_of_a_mapping_of_one_s_own_become_members() throws SQLException {
    execute("CREATE TABLE IF NOT EXISTS logins (jwt text, who bigint, until timestamptz)");
    execute("INSERT INTO logins VALUES ('ey.abc', 42, now() + interval '1 hour')");
    var mapping =
        SessionMapping.tokens(
            """
            SELECT encode(sha256(convert_to(jwt, 'UTF8')), 'hex') AS token_hash,
                   who AS user_id, until AS expires_at, now() AS last_activity_at,
                   1.50::numeric AS price, 'NaN'::float8 AS ratio, true AS vip,
                   '{"a": [1, null]}'::json AS extra, ARRAY[1, 2] AS "odd ""name""\",
                   7::smallint AS small, -9::bigint AS large
              FROM logins -- a comment at the end
            ;
            """);

    var chunk =
        SessionSource.jdbc(database, mapping, Time.system())
            .find(SessionKey.ofToken("ey.abc"), Fence.FIRST);

    var session = TokenJson.session(chunk.entries().getFirst());
    assertThat(session.userId()).isEqualTo("42");
    assertThat(session.json())
        .contains("\"price\":1.50")
        .contains("\"ratio\":\"NaN\"")
        .contains("\"vip\":true")
        .contains("\"extra\":{\"a\": [1, null]}")
        .contains("\"odd \\\"name\\\"\":\"{1,2}\"")
        .contains("\"small\":7,\"large\":-9}");
  }
}
