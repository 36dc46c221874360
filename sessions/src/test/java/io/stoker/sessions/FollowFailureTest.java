package io.stoker.sessions;

import static io.stoker.sessions.FollowWorld.PATIENCE;
import static io.stoker.sessions.FollowWorld.awaitState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.sessions.SessionLookup.Unusable;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a follower does when Redis, Postgres or another node fails.
final class FollowFailureTest {

  private static RealPostgres postgres;
  private static RealRedis redis;

  private TcpProxy proxy;
  private FollowWorld world;

  @BeforeAll
  static void start_servers() {
    postgres = FollowWorld.postgres().start();
    redis = RealRedis.start();
  }

  @AfterAll
  static void stop_servers() {
    postgres.close();
    redis.close();
  }

  @BeforeEach
  void follow_one_session_through_a_proxy() {
    redis.flush();
    proxy = TcpProxy.to(redis.port());
    world = FollowWorld.open(postgres, proxy.port());
    world.addUser(1);
    world.addSession("a", 1);
  }

  @AfterEach
  void close() {
    world.close();
    proxy.close();
    RedisInspector.assertEveryKeyHasATimeToLive(redis);
  }

  @Test
  void what_ends_while_redis_is_away_is_ended_when_it_is_back_and_confirmed_only_then() {
    var follower = world.follow();
    world.awaitLookup("a", Found.class);
    proxy.cut();
    awaitState(follower, FollowState.CACHE_UNREACHABLE);
    var before = confirmed();

    world.session("DELETE FROM platform.user_sessions", "a");
    assertThat(follower.status().lag()).isNotNull();
    assertThat(confirmed()).isEqualTo(before);
    proxy.restore();

    world.awaitLookup("a", Revoked.class);
    assertThat(world.fullRuns()).hasSize(1);
  }

  private String confirmed() {
    return world
        .database()
        .text(
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '"
                + world.settings().slot()
                + "'");
  }

  @Test
  void an_emptied_redis_is_filled_again() {
    world.follow();
    world.awaitLookup("a", Found.class);

    redis.flush();

    await().atMost(PATIENCE).until(() -> world.fullRuns().size() > 1);
    world.awaitLookup("a", Found.class);
  }

  @Test
  void a_redis_that_has_lost_what_it_acknowledged_counts_as_knowing_nothing() {
    var follower = world.follow();
    world.awaitLookup("a", Found.class);
    world.session("DELETE FROM platform.user_sessions", "a");
    world.awaitLookup("a", Revoked.class);
    world.awaitCaughtUp();
    follower.close();
    follower.awaitEnd();

    // As a replica that was behind when it took over: the tombstone and the record are gone.
    world.client().del(RedisSessions.NAMESPACE + FollowWorld.hash("a"));
    world
        .store()
        .putAll(
            List.of(
                new SessionWrite(
                    Samples.entry(
                        SessionKey.ofToken("a"),
                        FollowWorld.userId(1),
                        Time.system().now(),
                        world.store().fence()),
                    Duration.ofMinutes(5))),
            WriteMode.IF_ABSENT);
    world.log().write(new FollowLog.Progress(1, false, Duration.ZERO, Time.system().now()));
    assertThat(world.lookup("a")).isInstanceOf(Found.class);
    world.start();

    world.awaitLookup("a", Unusable.class);
  }

  @Test
  void a_slot_that_keeps_more_than_the_limit_is_given_up_and_all_is_read_anew_afterwards() {
    world.lagLimit(20_000_000);
    var follower = world.follow();
    world.awaitLookup("a", Found.class);
    proxy.cut();
    awaitState(follower, FollowState.CACHE_UNREACHABLE);

    world.session("DELETE FROM platform.user_sessions", "a");
    world.addSession("b", 1);
    world.run(
        "CREATE TABLE noise AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 30000)");

    await()
        .atMost(PATIENCE)
        .until(() ->
            world
                .database()
                .text(
                    "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '"
                        + world.settings().slot()
                        + "'")
                .equals("0"));
    proxy.restore();
    awaitState(follower, FollowState.FOLLOWING);
    world.awaitLookup("a", Unusable.class);
    world.awaitLookup("b", Found.class);
  }

  @Test
  void a_node_that_has_lost_its_lease_is_cut_off_by_the_next() throws Exception {
    var first = world.follow();
    world.awaitLookup("a", Found.class);
    var second = world.start();
    awaitState(second, FollowState.STANDBY);

    // As if the first had been frozen until its lease ended.
    world.client().del(RedisSessions.NAMESPACE + "follower");

    await().atMost(PATIENCE).until(() -> world.log().isLeased());
    world.session("DELETE FROM platform.user_sessions", "a");
    world.awaitLookup("a", Revoked.class);
    await()
        .atMost(PATIENCE)
        .until(() ->
            first.status().state() == FollowState.STANDBY
                || second.status().state() == FollowState.STANDBY);
  }

  @Test
  void a_restarted_postgres_is_followed_from_where_it_was() {
    var follower = world.follow();
    world.awaitLookup("a", Found.class);

    postgres.kill();
    awaitState(follower, FollowState.SOURCE_UNREACHABLE);
    postgres.restart();
    world.session("DELETE FROM platform.user_sessions", "a");

    world.awaitLookup("a", Revoked.class);
    assertThat(world.fullRuns()).hasSize(1);
  }

  @Test
  void what_is_missing_later_stops_following_and_counts_as_a_gap() throws Exception {
    world.follow();
    world.awaitLookup("a", Found.class);

    world.run("ALTER TABLE platform.user_sessions REPLICA IDENTITY DEFAULT");
    world.session("DELETE FROM platform.user_sessions", "a");
    world.run(
        "ALTER TABLE platform.user_sessions REPLICA IDENTITY USING INDEX user_sessions_token_key");

    world.awaitLookup("a", Unusable.class);
  }
}
