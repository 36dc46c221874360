package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSeed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class TwoNodesTest {

  private static final int SESSIONS = 1000;
  private static final String LOCK = RedisSessions.NAMESPACE + "lock";

  private static SessionDatabase database;

  @AutoClose private SessionFixture one;
  @AutoClose private SessionFixture other;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    SessionSeed.of(6).sessions(SESSIONS).into(database.dataSource());
  }

  @BeforeEach
  void start_two_nodes() {
    one = SessionFixture.of(database.dataSource()).open();
    other = SessionFixture.of(database.dataSource()).openBeside();
  }

  @RepeatedTest(5)
  void of_two_nodes_that_start_at_once_one_warms_and_the_other_is_skipped() throws Exception {
    var skipped = new CountDownLatch(1);
    var together = new CountDownLatch(2);
    var events =
        new SessionEvents() {
          @Override
          public void started(SessionPlan plan) {
            together.countDown();
            RunListeners.await(together);
          }

          @Override
          public void progress(WarmCounts counts, Duration took) {
            RunListeners.await(skipped);
          }

          @Override
          public void ended(SessionReport report) {
            if (report.state() == RunState.SKIPPED_OTHER_NODE) {
              skipped.countDown();
            }
          }
        };

    List<SessionReport> reports;
    try (var nodes = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = nodes.submit(() -> one.warm(SessionPlan.standard(), events));
      var second = nodes.submit(() -> other.warm(SessionPlan.standard(), events));
      reports = List.of(first.get(), second.get());
    }

    assertThat(reports)
        .extracting(SessionReport::state)
        .containsExactlyInAnyOrder(RunState.COMPLETED, RunState.SKIPPED_OTHER_NODE);
    for (var report : reports) {
      if (report.state() == RunState.COMPLETED) {
        assertThatRun(report).counted(SESSIONS, 0).verifiedInFull();
      } else {
        assertThatRun(report)
            .ended(RunState.SKIPPED_OTHER_NODE, "Another node is warming this cache")
            .didNothing();
      }
    }
    assertThat(one.sessionsInRedis()).isEqualTo(SESSIONS);
    assertThat(one.isLocked()).isFalse();
  }

  @Test
  void a_skipped_node_does_not_release_the_other_s_lease() {
    var skipped = Stream.<SessionReport>builder();

    var report =
        one.warm(
            SessionPlan.standard(), RunListeners.afterChunk(2, () -> skipped.add(other.warm())));

    assertThatRun(skipped.build().findFirst().orElseThrow())
        .ended(RunState.SKIPPED_OTHER_NODE, "Another node is warming")
        .didNothing();
    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
  }

  @Test
  void a_node_that_starts_later_skips_every_session() {
    one.warm();

    var report = other.warm();

    assertThatRun(report).ended(RunState.COMPLETED).verifiedInFull();
    assertThat(report.counts().warmed()).isZero();
    assertThat(report.counts().skipped()).containsEntry("already there", (long) SESSIONS);
  }

  @Test
  void the_lease_of_a_dead_node_expires() {
    assertThat(one.lock().take(ofMillis(500))).isPresent();
    assertThat(other.lock().take(ofSeconds(1))).isEmpty();

    await()
        .pollInterval(ofMillis(20))
        .atMost(ofSeconds(5))
        .untilAsserted(() -> assertThat(other.lock().take(ofSeconds(1))).isPresent());
  }

  @Test
  void an_expired_lease_cannot_be_renewed_and_releasing_it_does_not_affect_the_next_one() {
    var late = one.lock().take(ofMillis(1)).orElseThrow();
    await()
        .pollInterval(ofMillis(5))
        .untilAsserted(() -> assertThat(other.lock().take(ofSeconds(30))).isPresent());

    late.release();

    assertThat(late.renew(ofSeconds(30))).isEqualTo(WarmLock.Renewal.LOST);
    assertThat(one.isLocked()).isTrue();
  }

  @Test
  void the_lease_is_renewed_while_the_source_is_slow() throws Exception {
    var time = new ManualTime(Time.system().now());
    try (var slow = SessionFixture.of(database.dataSource()).time(time).open();
        var nodes = Executors.newVirtualThreadPerTaskExecutor();
        var locked = locked();
        var jedis = RealRedis.shared().jedis()) {
      var report = nodes.submit(() -> slow.warm(SessionPlan.standard()));
      time.awaitPausing(1);
      jedis.pexpire(LOCK, 5000);

      time.advance(ofSeconds(10));

      await().untilAsserted(() -> assertThat(jedis.pttl(LOCK)).isGreaterThan(20_000));
      assertThatRun(other.warm()).ended(RunState.SKIPPED_OTHER_NODE, "Another node");
      locked.rollback();
      assertThatRun(report.get()).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    }
  }

  @Test
  void a_node_that_lost_its_lease_stops_and_leaves_the_lock_to_the_other() throws Exception {
    var time = new ManualTime(Time.system().now());
    try (var slow = SessionFixture.of(database.dataSource()).time(time).open();
        var nodes = Executors.newVirtualThreadPerTaskExecutor();
        var locked = locked();
        var jedis = RealRedis.shared().jedis()) {
      var report = nodes.submit(() -> slow.warm(SessionPlan.standard()));
      time.awaitPausing(1);
      jedis.del(LOCK);
      assertThat(other.lock().take(ofSeconds(30))).isPresent();

      time.advance(ofSeconds(10));

      assertThatRun(report.get())
          .ended(RunState.SKIPPED_OTHER_NODE, "Another node took the warming lock")
          .didNothing();
      assertThat(locked.isClosed()).isFalse();
      assertThat(other.isLocked()).isTrue();
    }
  }

  /// A connection that keeps everybody else from the sessions until it ends its transaction.
  private static Connection locked() throws SQLException {
    var connection = database.dataSource().getConnection();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("LOCK TABLE platform.user_sessions IN ACCESS EXCLUSIVE MODE");
    }
    return connection;
  }
}
