package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSeed;
import io.stoker.testing.TcpProxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RedisFailureTest {

  private static final int SESSIONS = 1000;
  private static final SessionSeed SEED = SessionSeed.of(3).sessions(SESSIONS);

  /// Gives a Redis that has stopped answering up soon.
  private static final SessionPlan IMPATIENT =
      SessionPlan.standard().change().retryFor(ofMillis(150)).plan();

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    SEED.into(database.dataSource());
  }

  @Test
  void redis_down_from_the_start_is_reported_as_unreachable() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      proxy.cut();
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(
              RunState.CACHE_UNREACHABLE,
              "Redis could not be reached to take the warming lock",
              "Check that it runs and REDIS_URL is right")
          .didNothing();
      assertThat(world.sessionsInRedis()).isZero();
    }
  }

  @Test
  void sessions_warmed_before_redis_went_down_are_counted_and_no_others() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();

      var report = world.warm(IMPATIENT, RunListeners.afterChunk(3, proxy::cut));

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis did not answer a whole chunk", "Check that")
          .counted(300, 100);
      assertThat(world.sessionsInRedis()).isEqualTo(300);
      assertThat(report.counts().failed()).containsOnlyKeys("no acknowledgement from Redis");
      assertThat(report.sampled()).isZero();
    }
  }

  @Test
  void sessions_without_an_acknowledgement_are_failed_even_within_a_chunk() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();
      var forty = "+OK\r\n".repeat(40).length();

      var report = world.warm(IMPATIENT, RunListeners.afterChunk(3, () -> proxy.downAfter(forty)));

      assertThatRun(report).ended(RunState.CACHE_UNREACHABLE, "Redis did not answer a whole chunk");
      assertThat(report.counts().warmed()).isBetween(300L, 340L);
      assertThat(report.counts().selected()).isIn(400L, 500L);
      assertThat(report.counts().failed()).containsOnlyKeys("no acknowledgement from Redis");
      assertThat(world.sessionsInRedis()).isBetween(report.counts().warmed(), 400L);
    }
  }

  @Test
  void a_redis_killed_half_way_ends_the_run_as_unreachable() {
    try (var redis = RealRedis.start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      var report = world.warm(IMPATIENT, RunListeners.afterChunk(3, redis::kill));

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis did not answer a whole chunk")
          .counted(300, 100);
      assertThat(report.verifiedShare()).isEmpty();
      assertThat(report.meetsTarget()).isFalse();
    }
  }

  @Test
  void a_redis_that_goes_down_after_the_last_write_is_not_taken_for_verified() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();

      var report = world.warm(IMPATIENT, RunListeners.afterChunk(10, proxy::cut));

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis could not be reached to look sessions up")
          .counted(SESSIONS, 0);
      assertThat(report.verifiedShare()).isEmpty();
      assertThat(report.meetsTarget()).isFalse();
      assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
    }
  }

  @Test
  void a_redis_that_hangs_ends_the_run_within_a_few_timeouts() {
    try (var redis = RealRedis.start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      var report = world.warm(IMPATIENT, RunListeners.afterChunk(3, redis::pause));
      redis.resume();

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis did not answer a whole chunk")
          .counted(300, 100);
      assertThat(report.took()).isLessThan(ofSeconds(4));
      assertThat(world.sessionsInRedis()).isBetween(300L, 400L);
    }
  }

  @Test
  void a_full_redis_takes_what_fits_and_the_rest_is_failed_with_the_reason() {
    try (var redis = RealRedis.builder().maxMemory("4mb", "noeviction").start()) {
      world =
          SessionFixture.of(database.dataSource())
              .redis(redis)
              .mapping(GeneratedSessions.of(SESSIONS, 8000))
              .open();

      var report = world.warm();

      assertThatRun(report)
          .ended(RunState.COMPLETED_WITH_FAILURES, "Some sessions failed", "out of memory (OOM)")
          .counted(world.sessionsInRedis(), SESSIONS - world.sessionsInRedis());
      assertThat(report.found()).isPositive().isLessThan(report.sampled());
      assertThat(report.meetsTarget()).isFalse();
      assertThat(report.counts().warmed()).isBetween(100L, 900L);
      assertThat(report.counts().failed().keySet())
          .singleElement()
          .asString()
          .contains("Redis refused", "Raise maxmemory");
      assertThat(world.isLocked()).isFalse();
    }
  }

  @Test
  void a_redis_too_full_for_the_lock_is_reported_as_out_of_memory() {
    try (var redis = RealRedis.builder().maxMemory("4mb", "noeviction").start()) {
      fill(redis);
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(
              RunState.CACHE_UNREACHABLE,
              "Redis refused to take the warming lock",
              "out of memory (OOM)",
              "Raise maxmemory")
          .didNothing();
    }
  }

  @Test
  void a_redis_that_fills_up_half_way_fails_the_rest_and_not_the_run() {
    try (var redis = RealRedis.builder().maxMemory("40mb", "noeviction").start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      var report =
          world.warm(SessionPlan.standard(), RunListeners.afterChunk(6, () -> fill(redis)));

      assertThatRun(report)
          .ended(RunState.COMPLETED_WITH_FAILURES, "out of memory (OOM)")
          .counted(600, 400);
      assertThat(report.found()).isPositive().isLessThan(report.sampled());
      assertThat(report.meetsTarget()).isFalse();
      assertThat(world.sessionsInRedis()).isEqualTo(600);
      assertThat(world.isLocked()).isFalse();
    }
  }

  @Test
  void evictions_during_the_warm_show_in_the_verified_share() {
    try (var redis = RealRedis.builder().maxMemory("4mb", "allkeys-lru").start()) {
      world =
          SessionFixture.of(database.dataSource())
              .redis(redis)
              .mapping(GeneratedSessions.of(SESSIONS, 8000))
              .open();

      var report = world.warm();

      assertThatRun(report).ended(RunState.COMPLETED);
      assertThat(report.counts().selected()).isEqualTo(SESSIONS);
      assertThat(report.sampled()).isEqualTo(250);
      assertThat(report.found()).isBetween(1, 225);
      assertThat(report.meetsTarget()).isFalse();
      assertThat(world.sessionsInRedis()).isLessThan(SESSIONS);
    }
  }

  @Test
  void a_wrong_password_is_reported() {
    try (var redis = RealRedis.builder().password("secret").start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).password("guessed").open();

      var report = world.warm();

      assertThatRun(report)
          .ended(
              RunState.CACHE_UNREACHABLE,
              "Redis refused to take the warming lock",
              "wrong user or password (WRONGPASS)",
              "Check REDIS_URL")
          .didNothing();
      assertThat(report.message()).doesNotContain("guessed");
      assertThat(world.sessionsInRedis()).isZero();
    }
  }

  @Test
  void a_missing_password_is_reported() {
    try (var redis = RealRedis.builder().password("secret").start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(
              RunState.CACHE_UNREACHABLE, "a password is needed (NOAUTH)", "Put it into REDIS_URL")
          .didNothing();
      assertThat(world.sessionsInRedis()).isZero();
    }
  }

  @Test
  void the_right_password_warms() {
    try (var redis = RealRedis.builder().password("secret").start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).password("secret").open();

      var report = world.warm();

      assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
      assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
    }
  }

  @Test
  void a_read_only_replica_is_reported() {
    try (var master = RealRedis.start();
        var replica = RealRedis.builder().replicaOf(master).start()) {
      world = SessionFixture.of(database.dataSource()).redis(replica).open();

      var report = world.warm();

      assertThatRun(report)
          .ended(
              RunState.CACHE_UNREACHABLE,
              "Redis refused to take the warming lock",
              "read-only replica (READONLY)",
              "Use the primary's address")
          .didNothing();
      assertThat(world.sessionsInRedis()).isZero();
    }
  }

  @Test
  void a_redis_that_becomes_a_replica_half_way_ends_the_run() {
    try (var master = RealRedis.start();
        var redis = RealRedis.start();
        var admin = redis.jedis()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();

      var report =
          world.warm(
              IMPATIENT,
              RunListeners.afterChunk(4, () -> admin.replicaof("127.0.0.1", master.port())));

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "A whole chunk", "read-only replica (READONLY)")
          .counted(400, 100);
      assertThat(report.counts().failed().keySet())
          .singleElement()
          .asString()
          .contains("read-only replica");
    }
  }

  @Test
  void an_emptied_redis_is_noticed_and_warmed_again() throws InterruptedException {
    var time = new ManualTime(Time.system().now());
    world = SessionFixture.of(database.dataSource()).time(time).open();
    var reports = new LinkedBlockingQueue<SessionReport>();
    try (var keeper = keeper(reports::add, time)) {
      keeper.start();
      assertThatRun(next(reports, time)).ended(RunState.COMPLETED).counted(SESSIONS, 0);

      RealRedis.shared().flush();

      var again = next(reports, time);
      assertThatRun(again).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
      assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
    }
  }

  @Test
  void a_restarted_redis_is_warmed_again_once_it_answers() throws InterruptedException {
    try (var redis = RealRedis.start()) {
      var time = new ManualTime(Time.system().now());
      world = SessionFixture.of(database.dataSource()).redis(redis).time(time).open();
      var reports = new LinkedBlockingQueue<SessionReport>();
      try (var keeper = keeper(reports::add, time)) {
        keeper.start();
        assertThatRun(next(reports, time)).ended(RunState.COMPLETED).counted(SESSIONS, 0);

        redis.kill();
        time.advance(ofSeconds(5));
        redis.restart();

        assertThatRun(next(reports, time)).ended(RunState.COMPLETED).counted(SESSIONS, 0);
        assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
      }
    }
  }

  @Test
  void the_keeper_does_not_warm_a_cache_that_is_warm() throws InterruptedException {
    world = SessionFixture.of(database.dataSource()).open();
    assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    var keepersTime = new ManualTime(Time.system().now());
    var reports = new LinkedBlockingQueue<SessionReport>();

    try (var keeper = keeper(reports::add, keepersTime)) {
      keeper.start();
      keepersTime.awaitPausing(1);
    }

    assertThat(reports).isEmpty();
  }

  @Test
  void look_ups_continue_while_redis_is_down() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();
      try (var reader = world.reader()) {
        proxy.cut();

        assertThat(reader.find(SEED.rawToken(1))).isPresent();
        assertThat(reader.find("no such token")).isEmpty();
        assertThat(reader.counts().cacheErrors()).isPositive();
        assertThat(reader.counts().failed()).isZero();
      }
    }
  }

  @Test
  void a_revocation_that_fails_in_redis_is_an_error() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();
      try (var reader = world.reader()) {
        proxy.cut();

        assertThatThrownBy(() -> reader.revoke(SessionKey.ofToken(SEED.rawToken(1))))
            .isInstanceOfSatisfying(
                StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.CACHE_UNREACHABLE));
        assertThatThrownBy(() -> reader.revokeUser("somebody"))
            .isInstanceOf(StokerException.class)
            .hasMessageContaining("Redis could not be reached");
      }
    }
  }

  /// Keeps the world warm, and hands on the reports of those runs that found Redis.
  private SessionKeeper keeper(Consumer<SessionReport> reports, Time time) {
    var settings =
        new SessionKeeper.Settings(SessionPlan.standard(), true, true, ofSeconds(5), ofMinutes(60));
    return new SessionKeeper(
        plan -> {
          var report = world.warm(plan);
          if (report.state() != RunState.CACHE_UNREACHABLE) {
            reports.accept(report);
          }
          return report;
        },
        world.lock(),
        settings,
        time);
  }

  /// Turns the clock until the keeper has run once more.
  private static SessionReport next(BlockingQueue<SessionReport> reports, ManualTime time)
      throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      var report = reports.poll(50, TimeUnit.MILLISECONDS);
      if (report != null) {
        return report;
      }
      time.advance(ofSeconds(5));
    }
    throw new AssertionError("the keeper does not run");
  }

  /// Leaves a server no room for anything more.
  private static void fill(RealRedis redis) {
    try (var jedis = redis.jedis()) {
      jedis.configSet("maxmemory", "100kb");
    }
  }
}
