package io.stoker.sessions;

import static io.stoker.sessions.FollowWorld.awaitState;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Postgres needs to be followed, and what is said if it is missing.
final class FollowSetupTest {

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
  void open_an_unprepared_world() {
    RealRedis.shared().flush();
    world = FollowWorld.bare(postgres, RealRedis.shared().port());
  }

  @Test
  void what_is_missing_is_printed_as_sql_that_puts_it_right() {
    assertThat(FollowSetup.script(world.checks()))
        .contains(
            "ALTER TABLE platform.user_sessions REPLICA IDENTITY USING INDEX"
                + " user_sessions_token_key;",
            "CREATE PUBLICATION stoker_sessions FOR TABLE platform.user_sessions, platform.users"
                + " WITH (publish_via_partition_root = true);")
        .doesNotContain("ALTER TABLE platform.users");

    world.prepare();

    assertThat(world.checks()).allMatch(FollowCheck::holds);
  }

  @Test
  void without_an_index_that_suits_the_whole_row_is_the_identity() {
    world.run("ALTER TABLE platform.user_sessions DROP CONSTRAINT user_sessions_token_key");

    assertThat(FollowSetup.script(world.checks()))
        .contains("ALTER TABLE platform.user_sessions REPLICA IDENTITY FULL;");
  }

  @Test
  void a_publication_that_lacks_a_table_gets_it() {
    world.run("CREATE PUBLICATION stoker_sessions FOR TABLE platform.user_sessions");

    assertThat(FollowSetup.script(world.checks()))
        .contains("ALTER PUBLICATION stoker_sessions SET");
    world.prepare();
    assertThat(FollowSetup.script(world.checks()))
        .contains("ALTER PUBLICATION stoker_sessions ADD TABLE platform.users;");
    world.prepare();

    assertThat(world.checks()).allMatch(FollowCheck::holds);
  }

  @Test
  void each_partition_needs_its_own_identity() {
    world.run(
        """
        CREATE TABLE parts (hash text NOT NULL, at timestamptz NOT NULL, who text) PARTITION BY HASH (hash);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE parts_2 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        ALTER TABLE parts_1 ADD PRIMARY KEY (hash);
        """);
    world.mapping(
        SessionMapping.tokens(
            "-- follow: {session: {table: parts, key: hash}}\n"
                + "SELECT hash AS token_hash, who AS user_id, at AS expires_at, now() AS"
                + " last_activity_at FROM parts"));

    assertThat(FollowSetup.script(world.checks()))
        .contains("replica identity of parts_1: has hash")
        .contains("ALTER TABLE parts_2 REPLICA IDENTITY FULL;");
    world.prepare();
    assertThat(world.checks()).allMatch(FollowCheck::holds);
    world.follow();

    world.run(
        "INSERT INTO parts VALUES ('%s', now() + interval '1 hour', 'x')"
            .formatted(FollowWorld.hash("p")));
    world.awaitLookup("p", Found.class);
    world.run("DELETE FROM parts");
    world.awaitLookup("p", Revoked.class);
  }

  @Test
  void a_follower_refuses_and_names_the_line_to_run_and_follows_once_it_is_run() {
    var follower = world.start();

    awaitState(follower, FollowState.REFUSED);
    assertThat(follower.status().text())
        .startsWith("not following: replica identity of platform.user_sessions")
        .contains("Run: ALTER TABLE platform.user_sessions REPLICA IDENTITY USING INDEX");
    world.prepare();

    awaitState(follower, FollowState.FOLLOWING);
  }

  @Test
  void a_role_that_may_not_replicate_is_told_how() throws Exception {
    world.run(
        "CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT USAGE ON SCHEMA platform TO reader");
    try (var connection = world.database().dataSource("reader", "reader").getConnection()) {
      var setup = new FollowSetup(connection, world.followed().tables(), world.settings());

      assertThat(FollowSetup.script(setup.checks())).contains("ALTER ROLE reader REPLICATION;");
    } finally {
      world.run("DROP OWNED BY reader; DROP ROLE reader");
    }
  }

  @Test
  void a_server_without_a_limit_for_slots_or_without_logical_decoding_is_refused() {
    try (var plain = RealPostgres.builder().start();
        var other = FollowWorld.bare(plain, RealRedis.shared().port())) {
      assertThat(FollowSetup.script(other.checks()))
          .contains("ALTER SYSTEM SET wal_level = 'logical';")
          .contains("ALTER SYSTEM SET max_slot_wal_keep_size = '4GB'; SELECT pg_reload_conf();");
    }
  }
}
