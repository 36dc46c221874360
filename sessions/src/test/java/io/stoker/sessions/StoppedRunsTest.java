package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.WarmOutcome;
import io.stoker.testing.SessionSeed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs that are cancelled, interrupted, held back or out of time.
final class StoppedRunsTest {

  private static final int SESSIONS = 1000;

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    SessionSeed.of(8).sessions(SESSIONS).into(database.dataSource());
  }

  @BeforeEach
  void open_a_fixture() {
    world = SessionFixture.of(database.dataSource()).open();
  }

  /// What kind of thread a run is on.
  enum Kind {
    PLATFORM,
    VIRTUAL;

    Thread start(Runnable task) {
      return switch (this) {
        case PLATFORM -> Thread.ofPlatform().start(task);
        case VIRTUAL -> Thread.ofVirtual().start(task);
      };
    }
  }

  /// A report, and whether the thread was interrupted when it came.
  private record Ended(SessionReport report, boolean interrupted) {}

  @Test
  void a_cancelled_run_stops_after_the_current_chunk_and_keeps_what_is_warm() {
    var report =
        world.warm(SessionPlan.standard(), RunListeners.afterChunk(3, world.warmer()::cancel));

    assertThatRun(report)
        .ended(RunState.CANCELLED, "Cancelled. What was warmed stays warm")
        .counted(300, 0)
        .verifiedInFull();
    assertThat(world.sessionsInRedis()).isEqualTo(300);
    assertThat(world.isLocked()).isFalse();
    assertThat(world.lock().mark()).isEmpty();
    await().atMost(ofSeconds(5)).until(() -> database.connections() == 0);
  }

  @Test
  void a_run_after_a_cancelled_one_is_not_cancelled() {
    world.warm(SessionPlan.standard(), RunListeners.afterChunk(3, world.warmer()::cancel));

    var report = world.warm();

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().warmed()).isEqualTo(700);
    assertThat(report.counts().skipped()).containsEntry("already there", 300L);
  }

  @ParameterizedTest
  @EnumSource
  void a_thread_interrupted_between_two_chunks_ends_its_run_as_cancelled(Kind kind)
      throws Exception {
    var ended =
        on(
            kind,
            () ->
                world.warm(
                    SessionPlan.standard(),
                    RunListeners.afterChunk(3, () -> Thread.currentThread().interrupt())));

    assertThat(ended.interrupted()).isTrue();
    assertThatRun(ended.report()).ended(RunState.CANCELLED, "Cancelled").counted(300, 0);
    assertThat(world.sessionsInRedis()).isEqualTo(300);
    assertThat(world.isLocked()).isFalse();
    await().atMost(ofSeconds(5)).until(() -> database.connections() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void a_thread_interrupted_while_the_source_is_slow_ends_its_run_as_cancelled(Kind kind)
      throws Exception {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE platform.user_sessions IN ACCESS EXCLUSIVE MODE");
      var run = new FutureTask<>(() -> ended(world::warm));
      var thread = kind.start(run);
      await().until(world::isLocked);

      thread.interrupt();

      assertThat(run.get().interrupted()).isTrue();
      assertThatRun(run.get().report()).ended(RunState.CANCELLED, "Cancelled").didNothing();
      assertThat(world.isLocked()).isFalse();
      await().atMost(ofSeconds(5)).until(() -> database.connections() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_thread_interrupted_while_it_writes_ends_its_run_as_cancelled(Kind kind) throws Exception {
    var target = new InterruptedTarget(world.store(), 3);
    var warmer = new SessionWarmer(world.source(), target, world.lock(), Time.system());

    var ended = on(kind, () -> warmer.warm(SessionPlan.standard()));

    assertThat(ended.interrupted()).isTrue();
    assertThatRun(ended.report()).ended(RunState.CANCELLED, "Cancelled");
    assertThat(ended.report().counts().warmed()).isBetween(200L, 300L);
    assertThat(ended.report().counts().selected()).isEqualTo(300);
    assertThat(world.sessionsInRedis()).isBetween(ended.report().counts().warmed(), 300L);
    assertThat(world.isLocked()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void a_thread_interrupted_beforehand_warms_nothing(Kind kind) throws Exception {
    var ended =
        on(
            kind,
            () -> {
              Thread.currentThread().interrupt();
              return world.warm();
            });

    assertThat(ended.interrupted()).isTrue();
    assertThatRun(ended.report()).ended(RunState.CANCELLED, "Cancelled").didNothing();
    assertThat(world.isLocked()).isFalse();
  }

  @Test
  void a_rate_is_kept_by_pausing() {
    var time = new HurriedTime(Time.system().now());
    var timed = SessionFixture.of(database.dataSource()).time(time);
    var progress = new ArrayList<Long>();
    var events =
        new SessionEvents() {
          @Override
          public void progress(WarmCounts counts, Duration took) {
            progress.add(counts.selected() - took.toMillis() / 2);
          }
        };
    try (var hurried = timed.open()) {
      var report = hurried.warm(SessionPlan.standard().change().rowsPerSecond(500L).plan(), events);

      assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0);
      assertThat(report.took()).isEqualTo(ofSeconds(2));
      assertThat(progress)
          .hasSizeGreaterThanOrEqualTo(20)
          .allSatisfy(ahead -> assertThat(ahead).isBetween(0L, 50L));
      assertThat(time.longestPause()).isLessThanOrEqualTo(ofMillis(100));
    }
  }

  @Test
  void a_run_without_a_rate_never_pauses() {
    var time = new HurriedTime(Time.system().now());
    try (var hurried = SessionFixture.of(database.dataSource()).time(time).open()) {
      var report = hurried.warm();

      assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0);
      assertThat(report.took()).isZero();
      assertThat(time.longestPause()).isZero();
    }
  }

  @Test
  void the_deadline_ends_a_run_that_waits_for_its_rate() {
    var time = new HurriedTime(Time.system().now());
    try (var hurried = SessionFixture.of(database.dataSource()).time(time).open()) {
      var plan = SessionPlan.standard().change().rowsPerSecond(100L).deadline(ofSeconds(3)).plan();

      var report = hurried.warm(plan);

      assertThatRun(report)
          .ended(RunState.TIMED_OUT, "The deadline of 3s came first")
          .counted(300, 0)
          .verifiedInFull();
      assertThat(report.took()).isEqualTo(ofSeconds(3));
      assertThat(hurried.sessionsInRedis()).isEqualTo(300);
    }
  }

  @Test
  void a_run_that_waits_for_its_rate_can_be_cancelled_at_once() throws Exception {
    var first = new CountDownLatch(1);
    var plan = SessionPlan.standard().change().rowsPerSecond(1L).plan();
    var run =
        new FutureTask<>(() -> world.warm(plan, RunListeners.afterChunk(1, first::countDown)));
    Kind.VIRTUAL.start(run);
    RunListeners.await(first);

    world.warmer().cancel();

    assertThatRun(run.get()).ended(RunState.CANCELLED, "Cancelled").counted(1, 0);
  }

  private static Ended on(Kind kind, Supplier<SessionReport> warm) throws Exception {
    var run = new FutureTask<>(() -> ended(warm));
    kind.start(run);
    return run.get();
  }

  private static Ended ended(Supplier<SessionReport> warm) {
    var report = warm.get();
    return new Ended(report, Thread.interrupted());
  }

  /// A target whose caller is interrupted just as it begins to write for the `chunk`th time.
  private static final class InterruptedTarget implements SessionTarget {

    private final SessionTarget target;
    private final int chunk;
    private int chunks;

    InterruptedTarget(SessionTarget target, int chunk) {
      this.target = target;
      this.chunk = chunk;
    }

    @Override
    public Fence fence() {
      return target.fence();
    }

    @Override
    public List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
      if (!writes.isEmpty() && ++chunks == chunk) {
        Thread.currentThread().interrupt();
      }
      return target.putAll(writes, mode);
    }

    @Override
    public int countFindable(List<SessionKey> keys) {
      return target.countFindable(keys);
    }
  }

  /// A clock on which nothing takes time but the pauses of the thread that made it, which pass at
  /// once; all other threads' pauses last until they are interrupted. Thread-safe.
  private static final class HurriedTime implements Time {

    private final Thread hurried = Thread.currentThread();
    private final Instant start;
    private Duration ticks = Duration.ZERO;
    private Duration longestPause = Duration.ZERO;

    HurriedTime(Instant start) {
      this.start = start;
    }

    @Override
    public synchronized Instant now() {
      return start.plus(ticks);
    }

    @Override
    public synchronized Duration ticks() {
      return ticks;
    }

    @Override
    public synchronized void pause(Duration length) throws InterruptedException {
      while (!Thread.currentThread().equals(hurried)) {
        wait();
      }
      ticks = ticks.plus(length);
      longestPause = longestPause.compareTo(length) < 0 ? length : longestPause;
    }

    synchronized Duration longestPause() {
      return longestPause;
    }
  }
}
