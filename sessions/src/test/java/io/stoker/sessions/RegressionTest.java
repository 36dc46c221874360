package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSeed;
import io.stoker.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The faults of the system before this one, each shown to be gone.
final class RegressionTest {

  private static final int SESSIONS = 1000;
  private static final SessionSeed SEED = SessionSeed.of(11).sessions(SESSIONS);

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    SEED.into(database.dataSource());
  }

  @Test
  void requests_after_a_warm_run_do_not_all_miss() {
    world = SessionFixture.of(database.dataSource()).open();
    world.warm();

    try (var reader = world.reader()) {
      for (int i = 0; i < 200; i++) {
        assertThat(reader.find(SEED.rawToken(i))).isPresent();
      }
      assertThat(reader.counts().cacheHits()).isEqualTo(200);
      assertThat(reader.counts().hitRate()).hasValue(1);
    }
  }

  @Test
  void an_outage_of_redis_is_not_a_success() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();

      var impatient = SessionPlan.standard().change().retryFor(Duration.ZERO).plan();

      var report = world.warm(impatient, RunListeners.afterChunk(1, proxy::cut));

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis did not answer")
          .counted(100, 100);
      assertThat(report.meetsTarget()).isFalse();
    }
  }

  @Test
  void an_outage_of_postgres_is_not_a_success() {
    try (var proxy = database.proxy()) {
      proxy.cut();
      world = SessionFixture.of(database.through(proxy)).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(RunState.SOURCE_UNREACHABLE, "Postgres could not read the sessions")
          .didNothing();
      assertThat(report.verifiedShare()).isEmpty();
      assertThat(report.meetsTarget()).isFalse();
    }
  }

  @Test
  void a_hit_rate_is_not_the_share_of_rows_that_were_written() {
    world = SessionFixture.of(database.dataSource()).open();

    var report =
        world.warm(
            SessionPlan.standard(), RunListeners.afterChunk(10, RegressionTest::deleteSessions));

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    assertThat(report.verifiedShare()).hasValue(0);
    assertThat(report.meetsTarget()).isFalse();
    try (var reader = world.reader()) {
      reader.find(SEED.rawToken(1));
      reader.find(SEED.rawToken(1));
      reader.find("unknown");
      reader.find(SEED.rawToken(1));
      assertThat(reader.counts().hitRate()).hasValue(0.5);
    }
  }

  private static void deleteSessions() {
    try (var jedis = RealRedis.shared().jedis()) {
      jedis.del(jedis.keys(RedisSessions.NAMESPACE + "?".repeat(64)).toArray(String[]::new));
    }
  }

  @Test
  void the_stats_of_another_process_are_not_always_0() {
    world = SessionFixture.of(database.dataSource()).open();
    world.warm();
    var settings = SessionCache.Settings.standard();
    var time = Time.system();
    try (var cache =
        new SessionCache(world.store(), world.source(), world.stats(), settings, time)) {
      IntStream.range(0, 30).forEach(i -> cache.find(SEED.rawToken(i)));
      cache.find("unknown");
    }

    try (var cli = SessionFixture.of(database.dataSource()).openBeside()) {
      var counts = cli.stats().over(ofMinutes(5));

      assertThat(counts.hits()).isEqualTo(30);
      assertThat(counts.unknown()).isEqualTo(1);
    }
  }

  @Test
  void a_session_does_not_take_26_round_trips() {
    try (var redis = RealRedis.start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();
      var readsBefore = RedisInspector.info(redis, "stats", "total_reads_processed");
      var commandsBefore = RedisInspector.info(redis, "stats", "total_commands_processed");

      assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(SESSIONS, 0);

      assertThat(RedisInspector.info(redis, "stats", "total_commands_processed") - commandsBefore)
          .isBetween((long) SESSIONS, 2L * SESSIONS);
      assertThat(RedisInspector.info(redis, "stats", "total_reads_processed") - readsBefore)
          .isLessThan(SESSIONS / 2);
    }
  }

  @Test
  void the_warm_set_does_not_expire_all_at_once_after_300_seconds() {
    world = SessionFixture.of(database.dataSource()).open();

    world.warm();

    var seconds =
        RedisInspector.sessionTimesToLive(RealRedis.shared()).values().stream()
            .map(Duration::toSeconds)
            .toList();
    assertThat(seconds).hasSize(SESSIONS).allMatch(left -> left <= 300);
    assertThat(seconds.stream().distinct()).hasSizeGreaterThan(50);
    assertThat(seconds.stream().filter(left -> left >= 295).count()).isLessThan(SESSIONS / 4);
  }

  @Test
  void a_crash_between_two_commands_does_not_leave_an_entry_for_ever() {
    try (var redis = RealRedis.start();
        var jedis = redis.jedis()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      world.warm();

      assertThat(jedis.info("commandstats"))
          .contains("cmdstat_set:calls=" + (SESSIONS + 3) + ",") // the fence, the lock, the mark
          .doesNotContain("cmdstat_hset", "cmdstat_hmset", "cmdstat_expire", "cmdstat_setnx");
    }
  }

  @Test
  void not_every_replica_warms() {
    world = SessionFixture.of(database.dataSource()).open();
    var replicas =
        Stream.generate(() -> SessionFixture.of(database.dataSource()).openBeside())
            .limit(3)
            .toList();
    var others = Stream.<SessionReport>builder();

    var report =
        world.warm(
            SessionPlan.standard(),
            RunListeners.afterChunk(
                1, () -> replicas.forEach(replica -> others.add(replica.warm()))));
    replicas.forEach(SessionFixture::close);

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    assertThat(others.build())
        .hasSize(3)
        .allSatisfy(other -> assertThatRun(other).ended(RunState.SKIPPED_OTHER_NODE).didNothing());
  }

  @Test
  void a_session_signed_out_during_the_warm_run_does_not_come_back_by_a_late_write() {
    var own = SessionDatabase.create();
    SEED.into(own.dataSource());
    world = SessionFixture.of(own.dataSource()).open();
    var coldest = leastActive(own, "token");
    var user = leastActive(own, "user_id");
    var middle = own.text("SELECT token FROM platform.user_sessions OFFSET 500 LIMIT 1");
    try (var reader = world.reader()) {
      Runnable signOut =
          () -> {
            reader.revoke(SessionKey.ofTokenHash(middle));
            own.run("DELETE FROM platform.user_sessions WHERE user_id = '%s'".formatted(user));
            reader.revokeUser(user);
          };

      var report = world.warm(SessionPlan.standard(), RunListeners.afterChunk(1, signOut));

      assertThat(report.state()).isEqualTo(RunState.COMPLETED);
      assertThat(report.counts().selected()).isEqualTo(SESSIONS);
      assertThat(reader.find(SessionKey.ofTokenHash(coldest))).isEmpty();
      assertThat(reader.find(SessionKey.ofTokenHash(middle))).isEmpty();
    }
  }

  @Test
  void signing_out_does_not_leave_the_session_in_the_cache() {
    world = SessionFixture.of(database.dataSource()).open();
    world.warm();
    try (var here = world.reader(ofMinutes(1));
        var elsewhere = world.reader()) {
      for (int i = 0; i < 3; i++) {
        assertThat(here.find(SEED.rawToken(i))).isPresent();
      }

      here.revoke(SessionKey.ofToken(SEED.rawToken(0)));
      var exchanged =
          here.exchange(SessionKey.ofToken(SEED.rawToken(1)), SessionKey.ofToken(SEED.rawToken(2)));

      assertThat(exchanged).isPresent();
      for (var reader : List.of(here, elsewhere)) {
        assertThat(reader.find(SEED.rawToken(0))).isEmpty();
        assertThat(reader.find(SEED.rawToken(1))).isEmpty();
        assertThat(reader.find(SEED.rawToken(2))).isPresent();
      }
    }
  }

  @Test
  void two_jwts_with_the_same_beginning_do_not_share_an_entry() {
    var beginning = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI";
    var jwts =
        """
        SELECT encode(sha256(convert_to('%s' || name, 'UTF8')), 'hex') AS token_hash,
               name AS user_id,
               now() + interval '1 hour' AS expires_at,
               now() AS last_activity_at
          FROM (VALUES ('ada'), ('bob')) AS people (name)
        """
            .formatted(beginning);
    world = SessionFixture.of(database.dataSource()).mapping(SessionMapping.tokens(jwts)).open();

    assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(2, 0).verifiedInFull();

    try (var reader = world.reader()) {
      assertThat(reader.find(beginning + "ada").map(Session::userId)).contains("ada");
      assertThat(reader.find(beginning + "bob").map(Session::userId)).contains("bob");
      assertThat(reader.find(beginning + "eve")).isEmpty();
      assertThat(reader.counts().cacheHits()).isEqualTo(2);
    }
  }

  @Test
  void row_level_security_is_not_nothing_eligible() {
    var secured = SessionDatabase.create();
    SEED.into(secured.dataSource());
    secured.run(
        """
        CREATE ROLE earlier_faults_app LOGIN PASSWORD 'app';
        GRANT USAGE ON SCHEMA platform TO earlier_faults_app;
        GRANT SELECT ON ALL TABLES IN SCHEMA platform TO earlier_faults_app;
        ALTER TABLE platform.user_sessions ENABLE ROW LEVEL SECURITY;
        """);
    world = SessionFixture.of(secured.dataSource("earlier_faults_app", "app")).open();

    var report = world.warm();

    assertThatRun(report)
        .ended(
            RunState.SOURCE_UNREACHABLE,
            "row-level security",
            "platform.user_sessions, about 1000 rows")
        .didNothing();
  }

  @Test
  void a_lapsed_ban_does_not_hide_a_user_for_ever() {
    var own = SessionDatabase.create();
    SEED.into(own.dataSource());
    var user = leastActive(own, "user_id");
    var token = leastActive(own, "token");
    ban(own, user, "now() + interval '1 day'");
    try (var banned = SessionFixture.of(own.dataSource()).open()) {
      banned.warm();
      try (var reader = banned.reader()) {
        assertThat(reader.find(SessionKey.ofTokenHash(token))).isEmpty();
      }
    }

    ban(own, user, "now() - interval '1 second'");
    world = SessionFixture.of(own.dataSource()).open();

    assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    try (var reader = world.reader()) {
      assertThat(reader.find(SessionKey.ofTokenHash(token))).isPresent();
      assertThat(reader.counts().cacheHits()).isEqualTo(1);
    }
  }

  @Test
  void a_large_table_does_not_have_to_fit_into_memory() {
    int sessions = 2500;
    long bytes = 20_000;
    try (var proxy = database.proxy()) {
      world =
          SessionFixture.of(database.through(proxy))
              .mapping(GeneratedSessions.of(sessions, (int) bytes))
              .open();
      var readAhead = new AtomicLong();
      Runnable wait =
          () -> {
            awaitStandstill(proxy);
            readAhead.set(proxy.bytesToClient());
          };

      var report =
          world.warm(
              SessionPlan.standard().change().limit(sessions).plan(),
              RunListeners.afterChunk(2, wait));

      assertThatRun(report).ended(RunState.COMPLETED).counted(sessions, 0).verifiedInFull();
      assertThat(readAhead.get()).isBetween(100 * bytes, sessions * bytes / 2);
    }
  }

  /// Waits until Postgres waits for its reader, and has sent nothing more for a while.
  private static void awaitStandstill(TcpProxy proxy) {
    var before = new AtomicLong();
    await()
        .atMost(ofSeconds(20))
        .pollInterval(ofMillis(50))
        .during(ofMillis(300))
        .until(() ->
            before.getAndSet(proxy.bytesToClient()) == proxy.bytesToClient()
                && database
                    .text(
                        "SELECT string_agg(wait_event, ' ') FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND query LIKE 'COPY%'")
                    .contains("ClientWrite"));
  }

  private static String leastActive(SessionDatabase database, String column) {
    return database.text(
        "SELECT %s FROM platform.user_sessions ORDER BY last_activity_at LIMIT 1"
            .formatted(column));
  }

  private static void ban(SessionDatabase database, String user, String until) {
    database.run(
        "UPDATE platform.users SET banned_until = %s WHERE id = '%s'".formatted(until, user));
  }
}
