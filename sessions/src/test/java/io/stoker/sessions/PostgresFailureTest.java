package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.SessionSeed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresFailureTest {

  private static final int SESSIONS = 1000;

  private static SessionDatabase database;
  private static SessionDatabase empty;
  private static SessionDatabase secured;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_databases() {
    database = SessionDatabase.create();
    SessionSeed.of(1).sessions(SESSIONS).into(database.dataSource());
    empty = SessionDatabase.create();
    secured = SessionDatabase.create();
    SessionSeed.of(1).sessions(SESSIONS).into(secured.dataSource());
    secured.run(
        """
        CREATE ROLE bad_days_stranger LOGIN PASSWORD 'stranger';
        CREATE ROLE bad_days_reader LOGIN PASSWORD 'reader';
        GRANT USAGE ON SCHEMA platform TO bad_days_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA platform TO bad_days_reader;
        """);
  }

  @Test
  void postgres_down_from_the_start_is_reported_as_unreachable() {
    try (var proxy = database.proxy()) {
      proxy.cut();
      world = SessionFixture.of(database.through(proxy)).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(
              RunState.SOURCE_UNREACHABLE,
              "Postgres could not read the sessions",
              "refused",
              "Check that Postgres runs and DATABASE_URL is right")
          .didNothing();
      assertThat(world.sessionsInRedis()).isZero();
      assertThat(world.isLocked()).isFalse();
      assertThatThrownBy(() -> world.warmer().estimate(SessionPlan.standard()))
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_UNREACHABLE));
    }
  }

  @Test
  void a_wrong_password_for_postgres_is_reported() {
    world = SessionFixture.of(secured.dataSource("bad_days_reader", "guessed")).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(
            RunState.SOURCE_UNREACHABLE,
            "password authentication failed",
            "Check user, password and database in DATABASE_URL")
        .didNothing();
  }

  @Test
  void sessions_warmed_before_the_connection_broke_stay_warm_counted_and_verified() {
    try (var proxy = database.proxy()) {
      world = SessionFixture.of(database.through(proxy)).open();
      proxy.downAfter(400_000);

      var report = world.warm();

      assertThatRun(report)
          .ended(RunState.SOURCE_UNREACHABLE, "Postgres could not read the sessions", "Check that")
          .counted(world.sessionsInRedis(), 0)
          .verifiedInFull();
      assertThat(report.counts().warmed()).isBetween(1L, SESSIONS - 1L);
      assertThat(world.isLocked()).isFalse();
      assertThat(world.lock().mark()).isEmpty();
    }
  }

  @Test
  void sessions_warmed_before_postgres_was_killed_stay_warm_counted_and_verified() {
    try (var postgres = RealPostgres.start()) {
      world =
          SessionFixture.of(postgres.dataSource())
              .mapping(GeneratedSessions.of(2000, 20_000))
              .open();
      var plan = SessionPlan.standard().change().limit(2000).plan();

      var report = world.warm(plan, RunListeners.afterChunk(2, postgres::kill));

      assertThatRun(report)
          .ended(RunState.SOURCE_UNREACHABLE, "Postgres could not read the sessions")
          .counted(world.sessionsInRedis(), 0)
          .verifiedInFull();
      assertThat(report.counts().warmed()).isBetween(1L, 1999L);
    }
  }

  @Test
  void a_connection_that_hangs_ends_with_the_deadline_and_is_closed() {
    try (var proxy = database.proxy()) {
      world =
          SessionFixture.of(database.through(proxy))
              .mapping(GeneratedSessions.of(1000, 20_000))
              .open();
      var plan = SessionPlan.standard().change().deadline(ofMillis(1200)).plan();

      var report = world.warm(plan, RunListeners.afterChunk(2, proxy::hang));

      assertThatRun(report)
          .ended(RunState.TIMED_OUT, "The deadline of 1s200ms came first", "Raise it")
          .counted(world.sessionsInRedis(), 0)
          .verifiedInFull();
      assertThat(report.took()).isBetween(ofMillis(1200), ofSeconds(4));
      await().atMost(ofSeconds(5)).until(() -> !isReading());
      assertThat(world.isLocked()).isFalse();
      proxy.restore();
    }
  }

  @Test
  void a_postgres_that_never_answers_ends_with_the_deadline() {
    try (var proxy = database.proxy()) {
      proxy.hang();
      world = SessionFixture.of(database.through(proxy)).open();

      var report = world.warm(SessionPlan.standard().change().deadline(ofMillis(200)).plan());

      assertThatRun(report).ended(RunState.TIMED_OUT, "The deadline of 200ms came first");
      assertThatRun(report).didNothing();
      assertThat(report.took()).isBetween(ofMillis(200), ofSeconds(3));
      assertThat(world.isLocked()).isFalse();
      proxy.restore();
      await().atMost(ofSeconds(5)).until(() -> !isReading());
    }
  }

  @Test
  void a_server_that_hangs_ends_with_the_deadline_and_the_statement_is_cancelled()
      throws SQLException {
    try (var locked = locked(database.dataSource())) {
      world = SessionFixture.of(database.dataSource()).open();
      var plan = SessionPlan.standard().change().deadline(ofMillis(300)).plan();

      var report = world.warm(plan);

      assertThatRun(report).ended(RunState.TIMED_OUT, "The deadline of 300ms came first");
      assertThatRun(report).didNothing();
      assertThat(report.took()).isBetween(ofMillis(300), ofSeconds(3));
      await().atMost(ofSeconds(5)).until(() -> database.connections() == 1);
      assertThat(locked.isClosed()).isFalse();
    }
  }

  @Test
  void a_statement_timeout_is_distinguished_from_an_outage() throws SQLException {
    try (var locked = locked(database.dataSource())) {
      var standing = new ManualTime(Time.system().now());
      world = SessionFixture.of(database.dataSource()).time(standing).open();
      var plan = SessionPlan.standard().change().deadline(ofMillis(200)).plan();

      var report = world.warm(plan);

      assertThatRun(report)
          .ended(
              RunState.SOURCE_UNREACHABLE,
              "statement timeout",
              "Raise the deadline or look for a missing index")
          .didNothing();
      assertThat(locked.isClosed()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "REVOKE ALL ON SCHEMA platform FROM bad_days_stranger",
        "GRANT USAGE ON SCHEMA platform TO bad_days_stranger",
        "GRANT SELECT ON platform.user_sessions TO bad_days_stranger"
      })
  void missing_privileges_are_reported_with_what_to_grant(String rights) {
    secured.run(rights);
    world = SessionFixture.of(secured.dataSource("bad_days_stranger", "stranger")).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(
            RunState.SOURCE_UNREACHABLE,
            "Postgres refused to read the sessions",
            "permission denied",
            "Grant SELECT on the tables of the mapping")
        .didNothing();
    assertThat(world.isLocked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"platform.user_sessions, about 1000 rows", "platform.users, about 500"})
  void row_level_security_that_hides_every_row_is_not_taken_for_nothing_to_warm(String named) {
    var table = named.substring(0, named.indexOf(','));
    secured.run("ALTER TABLE %s ENABLE ROW LEVEL SECURITY".formatted(table));
    try {
      world = SessionFixture.of(secured.dataSource("bad_days_reader", "reader")).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(RunState.SOURCE_UNREACHABLE, "row-level security", named, "BYPASSRLS")
          .didNothing();
      assertThat(world.lock().mark()).isEmpty();
      assertThatThrownBy(() -> world.warmer().estimate(SessionPlan.standard()))
          .hasMessageContaining(named)
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED));
    } finally {
      secured.run("ALTER TABLE %s DISABLE ROW LEVEL SECURITY".formatted(table));
    }
  }

  @Test
  void row_level_security_that_shows_every_row_does_not_matter() {
    secured.run(
        """
        ALTER TABLE platform.user_sessions ENABLE ROW LEVEL SECURITY;
        CREATE POLICY warming ON platform.user_sessions FOR SELECT TO bad_days_reader USING (true);
        """);
    try {
      world = SessionFixture.of(secured.dataSource("bad_days_reader", "reader")).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(RunState.COMPLETED)
          .counted(world.sessionsInRedis(), 0)
          .verifiedInFull();
      assertThat(report.counts().warmed()).isEqualTo(SESSIONS);
    } finally {
      secured.run(
          """
          DROP POLICY warming ON platform.user_sessions;
          ALTER TABLE platform.user_sessions DISABLE ROW LEVEL SECURITY;
          """);
    }
  }

  @Test
  void an_empty_table_is_nothing_eligible() {
    world = SessionFixture.of(empty.dataSource()).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(RunState.NOTHING_ELIGIBLE, "No session is alive and was active within 24h")
        .didNothing();
    assertThat(world.sessionsInRedis()).isZero();
    assertThat(world.isLocked()).isFalse();
    assertThat(world.warmer().estimate(SessionPlan.standard()).eligible()).isZero();
  }

  @Test
  void a_table_of_expired_banned_deleted_and_idle_sessions_is_nothing_eligible() {
    var over = SessionDatabase.create();
    SessionSeed.of(2)
        .sessions(400)
        .expired(0.25)
        .banned(0.25)
        .deleted(0.25)
        .idle(0.25)
        .into(over.dataSource());
    world = SessionFixture.of(over.dataSource()).open();

    var report = world.warm();

    assertThatRun(report).ended(RunState.NOTHING_ELIGIBLE, "No session is alive").didNothing();
    assertThat(world.sessionsInRedis()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"token_hash", "user_id", "expires_at", "last_activity_at"})
  void a_missing_required_column_is_reported(String missing) {
    var columns =
        Stream.of("token_hash", "user_id", "expires_at", "last_activity_at", "user_agent")
            .filter(column -> !column.equals(missing))
            .collect(joining(", "));
    var sql = "SELECT %s FROM (%s) AS s".formatted(columns, SessionMapping.standard().sql());
    world = SessionFixture.of(database.dataSource()).mapping(SessionMapping.tokens(sql)).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(
            RunState.SOURCE_UNREACHABLE,
            "expected the mapping to yield a column " + missing + ", got [",
            "user_agent")
        .didNothing();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELEC token AS token_hash FROM platform.user_sessions",
        "SELECT token AS token_hash FROM platform.user_session",
        "SELECT token AS token_hash, FROM platform.user_sessions",
        "SELECT 'a' AS token_hash, 'b' AS user_id, 'c'::timestamptz AS expires_at, now() AS last_activity_at"
      })
  void an_invalid_select_is_reported_with_postgres_error(String sql) {
    world = SessionFixture.of(database.dataSource()).mapping(SessionMapping.tokens(sql)).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(
            RunState.SOURCE_UNREACHABLE,
            "Postgres refused to read the sessions: ERROR:",
            "Check the mapping's SELECT")
        .didNothing();
  }

  static Stream<String> endings() {
    return Stream.of(
        ";", " ;\n\n;", "\n-- newest first", " /* all */", " -- no end", ";\n-- that was all\n");
  }

  @ParameterizedTest
  @MethodSource("endings")
  void a_mapping_may_end_in_a_semicolon_or_a_comment(String ending) {
    var mapping = SessionMapping.tokens(SessionMapping.standard().sql() + ending);
    world = SessionFixture.of(database.dataSource()).mapping(mapping).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(RunState.COMPLETED)
        .counted(world.sessionsInRedis(), 0)
        .verifiedInFull();
    assertThat(report.counts().warmed()).isEqualTo(SESSIONS);
  }

  @Test
  void a_mapping_may_use_operators_with_question_marks() {
    var question = SessionMapping.standard().sql() + " AND u.metadata ? 'plan' AND '{a}' <> '$$?'";
    world =
        SessionFixture.of(database.dataSource()).mapping(SessionMapping.tokens(question)).open();

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
  }

  @Test
  void a_dry_run_counts_and_leaves_redis_alone() {
    world = SessionFixture.of(database.dataSource()).open();

    var report = world.warm(SessionPlan.standard().change().dryRun(true).plan());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().warmed()).isZero();
    assertThat(report.counts().skipped()).containsEntry("dry run", (long) SESSIONS);
    assertThat(world.sessionsInRedis()).isZero();
    assertThat(report.counts()).isNotEqualTo(WarmCounts.NONE);
  }

  /// A connection that keeps everybody else from the sessions until it is closed.
  private static Connection locked(DataSource dataSource) throws SQLException {
    var connection = dataSource.getConnection();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("LOCK TABLE platform.user_sessions IN ACCESS EXCLUSIVE MODE");
    }
    return connection;
  }

  /// Whether a thread that reads from a source has a connection.
  private static boolean isReading() {
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    return threads.stream().anyMatch(thread -> thread.getName().equals("stoker-session-source"));
  }
}
