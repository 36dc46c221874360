package io.stoker.sessions;

import static io.stoker.sessions.FollowWorld.PATIENCE;
import static io.stoker.sessions.FollowWorld.awaitState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.sessions.SessionLookup.Unusable;
import io.stoker.testing.RealPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What each change in Postgres does to the cache.
final class SessionFollowerTest {

  private static RealPostgres postgres;

  @AutoClose private FollowWorld world;

  @BeforeAll
  static void start_postgres() {
    postgres = FollowWorld.postgres().start();
  }

  @AfterAll
  static void stop_postgres() {
    postgres.close();
  }

  @BeforeEach
  void open_a_world_with_one_session() {
    world = FollowWorld.open(postgres);
    world.addUser(1);
    world.addSession("a", 1);
  }

  @Test
  void a_deleted_session_is_ended() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.session("DELETE FROM platform.user_sessions", "a");

    world.awaitLookup("a", Revoked.class);
  }

  @Test
  void a_session_whose_expiry_is_moved_into_the_past_is_ended() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.session(
        "UPDATE platform.user_sessions SET expires_at = now() - interval '1 second'", "a");

    world.awaitLookup("a", Revoked.class);
  }

  @Test
  void a_changed_token_ends_the_old_key_and_writes_the_new_one() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.session("UPDATE platform.user_sessions SET token = '" + FollowWorld.hash("b") + "'", "a");

    world.awaitLookup("a", Revoked.class);
    world.awaitLookup("b", Found.class);
  }

  @Test
  void a_changed_expiry_or_column_is_written_anew_with_its_own_time_to_live() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.session(
        "UPDATE platform.user_sessions SET user_agent = 'lynx', expires_at = now() + interval '30"
            + " seconds'",
        "a");

    world.awaitEntry("a", "\"user_agent\":\"lynx\"");
    assertThat(world.client().ttl(RedisSessions.NAMESPACE + FollowWorld.hash("a")))
        .isBetween(1L, 30L);
  }

  @Test
  void a_new_session_is_written_before_anybody_looks_it_up() {
    world.follow();

    world.addSession("new", 1);

    world.awaitLookup("new", Found.class);
  }

  @Test
  void a_new_session_is_left_alone_without_follow_inserts_but_ended_like_any_other() {
    world.withoutInserts().follow();

    world.addSession("new", 1);
    world.awaitCaughtUp();
    assertThat(world.lookup("new")).isInstanceOf(Absent.class);

    world.session("DELETE FROM platform.user_sessions", "new");
    world.awaitLookup("new", Revoked.class);
  }

  @Test
  void a_banned_user_is_signed_out_everywhere_and_may_come_back() {
    world.addSession("b", 1);
    world.addUser(2);
    world.addSession("other", 2);
    world.follow();
    world.awaitLookup("b", Found.class);

    world.user("UPDATE platform.users SET banned_until = now() + interval '1 day'", 1);
    world.awaitLookup("a", Unusable.class);
    world.awaitLookup("b", Unusable.class);
    assertThat(world.lookup("other")).isInstanceOf(Found.class);

    world.user("UPDATE platform.users SET banned_until = NULL", 1);
    world.awaitLookup("a", Found.class);
  }

  @Test
  void a_deleted_user_takes_the_sessions_along() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.user("DELETE FROM platform.users", 1);

    world.awaitLookup("a", Revoked.class);
  }

  @Test
  void a_changed_user_is_written_into_every_entry() {
    world.addSession("b", 1);
    world.follow();
    world.awaitLookup("b", Found.class);

    world.user("UPDATE platform.users SET email = 'new@example.com'", 1);

    world.awaitEntry("a", "new@example.com");
    world.awaitEntry("b", "new@example.com");
  }

  @Test
  void a_table_that_is_emptied_ends_everything() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.run("TRUNCATE platform.users CASCADE");

    world.awaitLookup("a", Unusable.class);
  }

  @Test
  void an_ended_session_leaves_the_memory_of_other_processes() {
    world.follow();
    try (var reader = world.reader(Duration.ofMinutes(10))) {
      // Kept in memory once the process receives revocations.
      await()
          .atMost(PATIENCE)
          .until(() -> reader.find("a").isPresent() && reader.counts().processHits() > 0);

      world.session("DELETE FROM platform.user_sessions", "a");

      await().atMost(PATIENCE).until(() -> reader.find("a").isEmpty());
    }
  }

  @Test
  void what_happens_while_nobody_follows_is_carried_out_later() {
    var follower = world.follow();
    world.awaitLookup("a", Found.class);
    follower.close();
    follower.awaitEnd();

    world.session("DELETE FROM platform.user_sessions", "a");
    world.addSession("b", 1);
    assertThat(world.lookup("a")).isInstanceOf(Found.class);
    world.start();

    world.awaitLookup("a", Revoked.class);
    world.awaitLookup("b", Found.class);
    assertThat(world.fullRuns()).hasSize(1);
  }

  @Test
  void a_rolled_back_deletion_ends_nothing() {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.run("BEGIN; DELETE FROM platform.user_sessions; ROLLBACK");
    world.addSession("b", 1);

    world.awaitLookup("b", Found.class);
    assertThat(world.lookup("a")).isInstanceOf(Found.class);
  }

  @Test
  void a_large_transaction_is_carried_out_whole() {
    world.run(
        """
        INSERT INTO platform.user_sessions (id, user_id, token, expires_at, last_activity_at)
        SELECT gen_random_uuid(), '%s', encode(sha256(('many' || n)::bytea), 'hex'),
               now() + interval '1 hour', now()
          FROM generate_series(1, 900) AS n
        """
            .formatted(FollowWorld.userId(1)));
    var follower = world.follow();
    world.awaitLookup("many900", Found.class);

    world.run("DELETE FROM platform.user_sessions WHERE token <> '" + FollowWorld.hash("a") + "'");

    world.awaitLookup("many1", Revoked.class);
    world.awaitLookup("many900", Revoked.class);
    world.awaitCaughtUp();
    assertThat(follower.status().counts().ended()).isEqualTo(900);
    assertThat(world.lookup("a")).isInstanceOf(Found.class);
  }

  /// Postgres reports a commit before others see it; here, with a standby that never answers, as
  /// long before as can be.
  @Test
  void a_commit_that_is_not_visible_yet_is_waited_for() throws Exception {
    world.follow();
    world.awaitLookup("a", Found.class);
    world.run("ALTER DATABASE " + world.database().name() + " SET synchronous_commit = 'on'");
    configure("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    try (var application = Executors.newVirtualThreadPerTaskExecutor()) {
      var deletion =
          application.submit(() -> world.session("DELETE FROM platform.user_sessions", "a"));
      await().atMost(PATIENCE).until(() -> !waiting().equals("0"));

      world.run(
          "SET synchronous_commit = 'local'; UPDATE platform.users SET email = 'x@y.example'");
      assertThat(world.lookup("a")).isInstanceOf(Found.class);
      configure("ALTER SYSTEM RESET synchronous_standby_names");

      deletion.get();
      world.awaitLookup("a", Revoked.class);
    } finally {
      configure("ALTER SYSTEM RESET synchronous_standby_names");
    }
  }

  private String waiting() {
    return world
        .database()
        .text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  }

  private void configure(String statement) {
    try (var connection = postgres.dataSource().getConnection();
        var sql = connection.createStatement()) {
      sql.execute(statement);
      sql.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void another_node_takes_over_from_the_slot() {
    var first = world.follow();
    world.awaitLookup("a", Found.class);
    var second = world.start();
    awaitState(second, FollowState.STANDBY);

    first.close();
    awaitState(second, FollowState.FOLLOWING);
    world.session("DELETE FROM platform.user_sessions", "a");

    world.awaitLookup("a", Revoked.class);
    assertThat(world.fullRuns()).hasSize(1);
  }

  @Test
  void the_position_is_shown_as_postgres_writes_it() {
    var follower = world.follow();
    world.addSession("b", 1);
    world.awaitLookup("b", Found.class);
    world.awaitCaughtUp();

    var status = follower.status();

    assertThat(status.position()).matches("[0-9A-F]+/[0-9A-F]+");
    assertThat(status.text()).matches("following, \\d+ (ms|s) behind");
    assertThat(status.counts().written()).isPositive();
  }
}
