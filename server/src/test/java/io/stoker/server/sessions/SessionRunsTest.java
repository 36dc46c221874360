package io.stoker.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.server.sessions.SessionRuns.StartResult;
import io.stoker.server.sessions.WarmRun.Trigger;
import io.stoker.sessions.InMemorySessionSource;
import io.stoker.sessions.InMemorySessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionRunsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final SessionPlan PLAN = SessionPlan.standard();
  private static final SessionPlan PACED = PLAN.change().rowsPerSecond(100L).plan();

  private final ManualTime time = new ManualTime(NOON);
  private final InMemorySessionSource source = new InMemorySessionSource(time);
  private final InMemorySessions cache = new InMemorySessions(time);
  private final SessionRuns runs =
      new SessionRuns(
          new SessionWarmer(source, cache.store(), cache.lock(), time), SessionEvents.none(), time);

  private void seed(int sessions) {
    for (int i = 0; i < sessions; i++) {
      source.put(SessionKey.ofToken("token " + i), "user", NOON.plusSeconds(3600), NOON, "");
    }
  }

  private WarmRun begin(SessionPlan plan) {
    return ((StartResult.Started) runs.start(plan, Trigger.API)).run();
  }

  /// Advances the clock until the run has ended.
  private WarmRun awaitEnd(WarmRun run) throws InterruptedException {
    while (!runs.find(run.id()).orElseThrow().isOver()) {
      time.advance(Duration.ofMillis(100));
      runs.changesAfter(Long.MAX_VALUE, Duration.ofMillis(1));
    }
    return runs.find(run.id()).orElseThrow();
  }

  @Test
  void a_late_viewer_gets_only_the_newest_state() throws InterruptedException {
    seed(1000);

    runs.run(PLAN, Trigger.STARTUP);

    var changes = runs.changesAfter(0, AT_ONCE);
    assertThat(changes).hasSize(1);
    assertThat(changes.getFirst().state()).isEqualTo(RunState.COMPLETED);
    assertThat(changes.getFirst().counts().warmed()).isEqualTo(1000);
  }

  @Test
  void without_changes_a_viewer_waits_until_the_timeout() throws InterruptedException {
    runs.run(PLAN, Trigger.STARTUP);
    long seen = runs.newest(1).getFirst().version();

    assertThat(runs.changesAfter(seen, Duration.ofMillis(1))).isEmpty();
  }

  @Test
  void only_one_run_is_in_progress_at_a_time() throws InterruptedException {
    seed(100);
    var first = begin(PACED);

    var second = runs.start(PLAN, Trigger.API);

    assertThat(second).isInstanceOf(StartResult.Busy.class);
    assertThat(runs.run(PLAN, Trigger.KEEPER)).isEmpty();
    assertThat(runs.newest(50)).extracting(WarmRun::id).containsExactly(first.id());
    runs.cancel(first.id());
    awaitEnd(first);
    assertThat(begin(PLAN).id()).isNotEqualTo(first.id());
  }

  @Test
  void a_cancelled_run_says_so_and_cannot_be_cancelled_again() throws InterruptedException {
    seed(1000);
    var run = begin(PACED);

    assertThat(runs.cancel(run.id())).isTrue();

    assertThat(awaitEnd(run).state()).isEqualTo(RunState.CANCELLED);
    assertThat(runs.cancel(run.id())).isFalse();
    assertThat(runs.cancel("unknown")).isFalse();
  }

  @Test
  void the_last_fifty_runs_are_listed_newest_first() {
    for (int i = 0; i < 60; i++) {
      runs.record(PLAN, Trigger.KEEPER, RunState.ALREADY_WARM, "run " + i);
    }

    var remembered = runs.newest(100);

    assertThat(remembered).hasSize(50);
    assertThat(remembered.getFirst().report().message()).isEqualTo("run 59");
    assertThat(remembered.getLast().report().message()).isEqualTo("run 10");
  }

  @Test
  void closing_cancels_the_run_and_wakes_viewers() throws InterruptedException {
    seed(1000);
    var run = begin(PACED);
    var viewer = Thread.ofVirtual().start(this::watch);

    var closing = Thread.ofVirtual().start(runs::close);

    assertThat(awaitEnd(run).state()).isEqualTo(RunState.CANCELLED);
    closing.join();
    viewer.join();
  }

  private void watch() {
    try {
      while (!runs.isClosed()) {
        runs.changesAfter(Long.MAX_VALUE, LONG);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
