package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.WarmCounts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionKeeperTest {

  private static final SessionPlan PLAN = SessionPlan.standard();
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final ManualTime time = new ManualTime(NOON);
  private final WarmLock lock = new InMemorySessions(time).lock();
  private final List<SessionPlan> warmed = new CopyOnWriteArrayList<>();
  private SessionKeeper keeper = keeper(SessionKeeper.Settings.of(PLAN));

  private SessionKeeper keeper(SessionKeeper.Settings settings) {
    return new SessionKeeper(this::warm, lock, settings, time);
  }

  private WarmLock.Mark mark(long limit) {
    return new WarmLock.Mark(time.now(), limit, PLAN.activeWithin());
  }

  private RunState next = RunState.COMPLETED;

  private SessionReport warm(SessionPlan plan) {
    warmed.add(plan);
    if (next == RunState.COMPLETED) {
      var mark = mark(plan.limit());
      if (lock.mark().stream().allMatch(mark::covers)) {
        lock.mark(mark, plan.timeToLiveCap());
      }
    }
    return new SessionReport(next, WarmCounts.NONE, null, 0, 0, 0, Duration.ZERO, null, "");
  }

  @AfterEach
  void close() {
    keeper.close();
  }

  /// Lets the keeper look as often as fits into `length`.
  private void pass(Duration length) throws InterruptedException {
    for (var left = length; left.isPositive(); left = left.minus(LOOK)) {
      time.awaitPausing(1);
      time.advance(LOOK);
    }
    time.awaitPausing(1);
  }

  @Test
  void a_cold_cache_is_warmed_at_once() throws InterruptedException {
    keeper.start();
    time.awaitPausing(1);

    assertThat(warmed).containsExactly(PLAN);
  }

  @Test
  void a_cache_that_is_warm_already_is_left_alone() throws InterruptedException {
    lock.mark(mark(1000), Duration.ofMinutes(5));

    keeper.start();
    pass(Duration.ofSeconds(30));

    assertThat(warmed).isEmpty();
  }

  @Test
  void an_emptied_cache_is_warmed_again() throws InterruptedException {
    keeper.start();
    pass(Duration.ofSeconds(10));

    lock.mark(mark(1000), Duration.ZERO);
    pass(Duration.ofSeconds(10));

    assertThat(warmed).containsExactly(PLAN, PLAN);
  }

  @Test
  void entries_near_their_expiry_are_refreshed_after_a_third_of_the_cap()
      throws InterruptedException {
    keeper.start();

    pass(Duration.ofSeconds(95));
    assertThat(warmed).hasSize(1);
    pass(Duration.ofSeconds(10));

    assertThat(warmed).containsExactly(PLAN, PLAN.change().mode(WriteMode.REFRESH).plan());
  }

  @Test
  void after_a_larger_run_of_another_node_it_refreshes_no_more_often() throws InterruptedException {
    lock.mark(mark(50_000), Duration.ofMinutes(5));

    keeper.start();
    pass(Duration.ofSeconds(195));

    assertThat(warmed).containsExactly(PLAN.change().mode(WriteMode.REFRESH).plan());
  }

  @Test
  void a_closed_keeper_does_not_check_again() throws InterruptedException {
    keeper.start();
    time.awaitPausing(1);

    keeper.close();
    time.advance(Duration.ofHours(1));

    assertThat(warmed).hasSize(1);
  }

  @Test
  void failed_runs_are_retried_with_exponential_backoff() throws InterruptedException {
    next = RunState.SOURCE_UNREACHABLE;
    keeper.start();

    pass(Duration.ofSeconds(5));
    assertThat(warmed).hasSize(2);
    pass(Duration.ofSeconds(10));
    assertThat(warmed).hasSize(3);
    pass(Duration.ofMinutes(10));

    assertThat(warmed).hasSizeBetween(8, 11);
  }

  @Test
  void without_warm_at_start_a_cold_cache_is_warmed_only_after_it_was_warm_once()
      throws InterruptedException {
    var usual = SessionKeeper.Settings.of(PLAN);
    keeper =
        keeper(
            new SessionKeeper.Settings(PLAN, false, true, usual.lookEvery(), usual.refreshEvery()));
    keeper.start();
    pass(Duration.ofSeconds(30));
    assertThat(warmed).isEmpty();

    lock.mark(mark(1000), Duration.ofSeconds(7));
    pass(Duration.ofSeconds(15));

    assertThat(warmed).containsExactly(PLAN);
  }

  @Test
  void without_keep_warm_it_checks_once_only() throws InterruptedException {
    var usual = SessionKeeper.Settings.of(PLAN);
    keeper =
        keeper(
            new SessionKeeper.Settings(PLAN, true, false, usual.lookEvery(), usual.refreshEvery()));
    keeper.start();
    time.awaitPausing(1);

    time.advance(Duration.ofHours(1));

    assertThat(warmed).containsExactly(PLAN);
  }

  @Test
  void a_migration_is_finished_once_and_an_emptied_cache_stays_empty() throws InterruptedException {
    keeper = keeper(SessionKeeper.Settings.of(SessionPlan.springSession()));
    next = RunState.CACHE_UNREACHABLE;
    keeper.start();
    time.awaitPausing(1);
    next = RunState.COMPLETED;
    pass(Duration.ofSeconds(5));

    lock.mark(mark(1000), Duration.ZERO);
    time.advance(Duration.ofDays(1));

    assertThat(warmed).containsExactly(SessionPlan.springSession(), SessionPlan.springSession());
  }

  @Test
  void a_migration_that_another_node_has_finished_is_not_repeated_when_a_refresh_is_due()
      throws InterruptedException {
    lock.mark(mark(1000), Duration.ofDays(365));
    time.advance(Duration.ofDays(200));
    keeper = keeper(SessionKeeper.Settings.of(SessionPlan.springSession()));
    keeper.start();
    time.awaitPausing(1);

    time.advance(Duration.ofDays(1));

    assertThat(warmed).isEmpty();
  }

  @Test
  void a_cache_warmed_with_fewer_sessions_counts_as_cold() throws InterruptedException {
    lock.mark(mark(5), Duration.ofMinutes(5));

    keeper.start();
    time.awaitPausing(1);

    assertThat(warmed).containsExactly(PLAN);
  }
}
