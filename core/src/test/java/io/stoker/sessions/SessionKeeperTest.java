package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
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
  private final SessionKeeper keeper =
      new SessionKeeper(this::warm, lock, SessionKeeper.Settings.of(PLAN), time);

  private void warm(SessionPlan plan) {
    warmed.add(plan);
    lock.markWarm(time.now(), plan.timeToLiveCap());
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
    lock.markWarm(NOON, Duration.ofMinutes(5));

    keeper.start();
    pass(Duration.ofSeconds(30));

    assertThat(warmed).isEmpty();
  }

  @Test
  void an_emptied_cache_is_warmed_again() throws InterruptedException {
    keeper.start();
    pass(Duration.ofSeconds(10));

    lock.markWarm(NOON, Duration.ZERO);
    pass(Duration.ofSeconds(10));

    assertThat(warmed).containsExactly(PLAN, PLAN);
  }

  @Test
  void what_is_near_its_expiry_is_refreshed_after_a_third_of_the_cap() throws InterruptedException {
    keeper.start();

    pass(Duration.ofSeconds(95));
    assertThat(warmed).hasSize(1);
    pass(Duration.ofSeconds(10));

    assertThat(warmed).containsExactly(PLAN, PLAN.change().mode(WriteMode.REFRESH).plan());
  }

  @Test
  void a_closed_keeper_looks_no_more() throws InterruptedException {
    keeper.start();
    time.awaitPausing(1);

    keeper.close();
    time.advance(Duration.ofHours(1));

    assertThat(warmed).hasSize(1);
  }
}
