package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A server that follows its database, as an operator sees it.
class FollowCommandTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static RealPostgres postgres;
  private static String database;

  @BeforeAll
  static void start_postgres() {
    postgres =
        RealPostgres.builder()
            .setting("wal_level", "logical")
            .setting("max_slot_wal_keep_size", "1GB")
            .start();
    database = postgres.newDatabase();
    SessionSchema.create(postgres.dataSource(database));
    SessionSeed.of(7).users(5).sessions(20).into(postgres.dataSource(database));
    RealRedis.shared().flush();
  }

  @AfterAll
  static void stop_postgres() {
    postgres.close();
  }

  private static Map<String, String> variables(String... more) {
    var variables = new HashMap<String, String>();
    variables.put("DATABASE_URL", postgres.url(database));
    variables.put("REDIS_URL", RealRedis.shared().url());
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return variables;
  }

  private static void run(String sql) {
    try (var connection = postgres.dataSource(database).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Test
  void the_printed_sql_prepares_postgres_and_the_server_follows_and_shows_it() {
    var shell = new Shell(variables("STOKER_SESSIONS_FOLLOW", "replication"));
    var printed = shell.run("sessions", "follow", "--sql");
    assertThat(printed.exitCode()).as("%s", printed).isEqualTo(1);
    var before = shell.run("doctor");
    assertThat(before.out()).contains("sessions follow").contains("REPLICA IDENTITY");
    run(printed.out());
    assertThat(shell.run("sessions", "follow", "--sql").exitCode()).isZero();
    var idle = shell.run("sessions", "follow");
    assertThat(idle.exitCode()).isEqualTo(1);
    assertThat(idle.out()).contains("not following: there is no slot");

    try (var server = RunningServer.with(variables("STOKER_SESSIONS_FOLLOW", "replication"))) {
      await()
          .atMost(PATIENCE)
          .until(() -> server.get("/api/sessions/follow").text("state").equals("following"));
      run(
          "DELETE FROM platform.user_sessions WHERE token IN (SELECT token FROM platform.user_sessions LIMIT 3)");
      await()
          .atMost(PATIENCE)
          .until(() ->
              server.get("/api/sessions/follow").json().path("changes").path("ended").asInt() == 3);

      var follow = server.get("/api/sessions/follow");
      assertThat(follow.text("mode")).isEqualTo("replication");
      assertThat(follow.text("text")).matches("following, \\d+ (ms|s) behind");
      assertThat(follow.text("position")).contains("/");
      await()
          .atMost(PATIENCE)
          .until(() ->
              server
                  .get("/api/overview")
                  .json()
                  .path("sessions")
                  .path("follow")
                  .path("text")
                  .asString()
                  .startsWith("following"));
      var health = server.get("/actuator/health").json();
      assertThat(health.path("status").asString()).isEqualTo("UP");
      assertThat(
              health
                  .path("components")
                  .path("sessions")
                  .path("details")
                  .path("follow")
                  .path("status")
                  .asString())
          .isEqualTo("UP");
      assertThat(server.get("/actuator/prometheus").response().body())
          .contains("stoker_sessions_follow_changes_total{kind=\"ended\"} 3.0")
          .contains("stoker_sessions_follow_up 1.0");
      var status = shell.run("sessions", "follow");
      assertThat(status.exitCode()).as("%s", status).isZero();
      assertThat(status.out()).startsWith("following, ").contains("position");
      assertThat(shell.run("sessions", "follow", "--json").out()).contains("\"active\":true");
    }
    run("SELECT pg_drop_replication_slot('stoker_sessions')");
  }

  @Test
  void a_mapping_that_does_not_say_which_tables_is_refused_before_the_start() throws Exception {
    var mapping = Files.createTempFile("mapping", ".sql");
    Files.writeString(mapping, "SELECT 1 AS token_hash");

    var ran =
        new Shell(
                variables(
                    "STOKER_SESSIONS_FOLLOW",
                    "replication",
                    "STOKER_SESSIONS_MAPPING",
                    mapping.toString()))
            .run("sessions", "follow", "--sql");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("which tables to follow").contains("-- follow: {session:");
  }

  @Test
  void nothing_is_followed_unless_it_is_set() {
    try (var server = RunningServer.with(variables())) {
      var follow = server.get("/api/sessions/follow");

      assertThat(follow.text("mode")).isEqualTo("off");
      assertThat(follow.text("text")).isEqualTo("not following");
      assertThat(follow.json().path("lag_ms").isNull()).isTrue();
    }
  }
}
