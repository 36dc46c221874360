package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.testing.FaultInjector;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSeed;
import io.stoker.testing.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A Redis that goes away for a moment in the middle of a run, or is emptied.
final class RedisInterruptionTest {

  private static final int SESSIONS = 1000;

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    SessionSeed.of(3).sessions(SESSIONS).into(database.dataSource());
  }

  @Test
  void a_connection_that_is_reset_costs_a_chunk_that_is_sent_again_and_not_the_run() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();

      var report = world.warm(SessionPlan.standard(), RunListeners.afterChunk(3, proxy::reset));

      assertThatRun(report)
          .ended(RunState.COMPLETED, "1 chunk was sent again")
          .counted(SESSIONS, 0)
          .verifiedInFull();
      assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
    }
  }

  @Test
  void writes_whose_replies_were_lost_are_sent_again_and_found_there() {
    try (var proxy = TcpProxy.to(RealRedis.shared().port())) {
      world = SessionFixture.of(database.dataSource()).redisThrough(proxy).open();
      var calls = new AtomicInteger();
      var faults = new FaultInjector();
      faults.before(
          "putAll",
          () -> {
            switch (calls.incrementAndGet()) {
              case 3 -> proxy.cutAfter("+OK\r\n".repeat(10).length());
              case 4 -> proxy.restore();
              default -> {} // as always
            }
          });
      var target = faults.in(SessionTarget.class, world.store());
      var warmer = new SessionWarmer(world.source(), target, world.lock(), Time.system());

      var report = warmer.warm(SessionPlan.standard());

      assertThat(report.state()).as(report.toString()).isEqualTo(RunState.COMPLETED);
      assertThat(report.counts().selected()).isEqualTo(SESSIONS);
      assertThat(report.counts().skipped()).containsOnlyKeys("already there");
      assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
    }
  }

  @Test
  void a_redis_that_is_away_for_a_moment_is_waited_for() {
    try (var redis = RealRedis.start()) {
      world = SessionFixture.of(database.dataSource()).redis(redis).open();
      var back = new Thread(redis::restart);

      var report =
          world.warm(
              SessionPlan.standard(),
              RunListeners.afterChunk(
                  3,
                  () -> {
                    redis.kill();
                    back.start();
                  }));

      assertThatRun(report).ended(RunState.COMPLETED, "sent again");
    }
  }

  @Test
  void a_run_starts_over_when_redis_is_emptied_before_its_end() {
    world = SessionFixture.of(database.dataSource()).open();

    var report =
        world.warm(SessionPlan.standard(), RunListeners.afterChunk(7, RealRedis.shared()::flush));

    assertThatRun(report)
        .ended(RunState.COMPLETED, "Redis lost what the run had warmed, which then started over")
        .verifiedInFull();
    assertThat(report.counts().selected()).isEqualTo(SESSIONS);
    assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
    assertThat(world.isLocked()).isFalse();
    assertThat(world.lock().mark()).isPresent();
  }

  @Test
  void a_renewal_that_finds_redis_emptied_takes_the_lock_anew_and_the_run_starts_over_at_once() {
    var time = new ManualTime(Time.system().now());
    world = SessionFixture.of(database.dataSource()).time(time).open();
    var lengths = new ArrayList<Long>();
    var events =
        new SessionEvents() {
          @Override
          public void progress(WarmCounts counts, Duration took) {
            if (lengths.isEmpty() || lengths.getLast() != counts.selected()) {
              lengths.add(counts.selected());
              if (lengths.size() == 5) {
                RealRedis.shared().flush();
                renew(time);
              }
            }
          }
        };

    var report = world.warm(SessionPlan.standard(), events);

    assertThatRun(report).ended(RunState.COMPLETED, "started over").counted(SESSIONS, 0);
    assertThat(lengths).startsWith(100L, 200L, 300L, 400L, 500L, 100L);
    assertThat(world.sessionsInRedis()).isEqualTo(SESSIONS);
  }

  /// Lets the lease be renewed, and waits until it is.
  private static void renew(ManualTime time) {
    try {
      time.awaitPausing(1);
      time.advance(ofSeconds(10));
      time.awaitPausing(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
