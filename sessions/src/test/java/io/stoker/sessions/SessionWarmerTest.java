package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static io.stoker.sessions.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stoker.ManualTime;
import io.stoker.WarmCounts;
import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SessionWarmerTest {

  private static final SessionPlan PLAN = SessionPlan.standard();

  private final ManualTime time = new ManualTime(NOON);
  private final InMemorySessionSource source = new InMemorySessionSource(time);
  private final InMemorySessions cache = new InMemorySessions(time);
  private final SessionWarmer warmer = new SessionWarmer(source, cache.store(), cache.lock(), time);

  private void addSessions(int count) {
    for (int i = 0; i < count; i++) {
      source.put(key("token-" + i), "user-" + i, NOON.plusSeconds(3600), NOON.minusSeconds(i), "");
    }
  }

  private SessionLookup read(String token) {
    return Samples.read(cache.store(), key(token));
  }

  @Test
  void the_most_recently_active_sessions_are_warmed_and_verified() {
    addSessions(150);

    var report = warmer.warm(PLAN.change().limit(100).plan());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new WarmCounts(100, Map.of(), Map.of()));
    assertThat(report.verifiedShare()).hasValue(1);
    assertThat(read("token-99")).isInstanceOf(Found.class);
    assertThat(read("token-100")).isInstanceOf(Absent.class);
  }

  @Test
  void what_failed_and_what_was_not_reached_counts_as_not_found() {
    addSessions(1000);
    var halfFails =
        new SessionTarget() {
          @Override
          public Fence fence() {
            return cache.store().fence();
          }

          @Override
          public List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
            var outcomes =
                new ArrayList<>(cache.store().putAll(writes.subList(0, writes.size() / 2), mode));
            while (outcomes.size() < writes.size()) {
              outcomes.add(new WarmOutcome.Failed("full", false));
            }
            return outcomes;
          }

          @Override
          public int countFindable(List<SessionKey> keys) {
            return cache.store().countFindable(keys);
          }
        };

    var report =
        new SessionWarmer(source, halfFails, cache.lock(), time)
            .warm(PLAN.change().sampleSize(1000).plan());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED_WITH_FAILURES);
    assertThat(report.sampled()).isEqualTo(1000);
    assertThat(report.verifiedShare()).hasValue(0.5);
    assertThat(report.meetsTarget()).isFalse();
  }

  @Test
  void a_run_that_stops_early_misses_its_target_though_all_it_wrote_is_found() {
    addSessions(1000);
    var registry = new SimpleMeterRegistry();
    var metrics = new SessionMetrics(registry);

    var report =
        warmer.warm(
            PLAN,
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                warmer.cancel();
              }

              @Override
              public void ended(SessionReport report) {
                metrics.ended(report);
              }
            });

    assertThat(report.counts().selected()).isEqualTo(100);
    assertThat(report.found()).isEqualTo(report.sampled());
    assertThat(report.verifiedShare()).isEmpty();
    assertThat(report.withTotal(1000L).verifiedShare()).hasValue(0.1);
    assertThat(report.withTotal(1000L).meetsTarget()).isFalse();
    assertThat(report.stoppedEarly()).isTrue();
    assertThat(registry.get("stoker.sessions.warm.verified").gauge().value()).isNaN();
  }

  @Test
  void a_listener_is_called_for_every_chunk_and_at_the_end() {
    addSessions(250);
    var heard = new ArrayList<String>();

    var report =
        warmer.warm(
            PLAN,
            new SessionEvents() {
              @Override
              public void started(SessionPlan plan) {
                heard.add("started " + plan.limit());
              }

              @Override
              public void progress(WarmCounts counts, Duration took) {
                heard.add("progress " + counts.selected());
              }

              @Override
              public void ended(SessionReport report) {
                heard.add("ended " + report.state());
              }
            });

    assertThat(report.counts().warmed()).isEqualTo(250);
    assertThat(heard)
        .containsExactly(
            "started 1000", "progress 100", "progress 200", "progress 250", "ended COMPLETED");
  }

  @Test
  void a_failing_listener_does_not_affect_the_run() {
    addSessions(10);

    var report =
        warmer.warm(
            PLAN,
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                throw new IllegalStateException("a fault in the observer, as this test wants it");
              }
            });

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
  }

  @Test
  void a_run_without_eligible_sessions_ends_in_its_own_state() {
    source.put(key("idle"), "7", NOON.plusSeconds(60), NOON.minus(Duration.ofDays(2)), "");
    source.put(key("over"), "7", NOON.minusSeconds(60), NOON, "");

    var report = warmer.warm(PLAN);

    assertThat(report.state()).isEqualTo(RunState.NOTHING_ELIGIBLE);
    assertThat(report.verifiedShare()).isEmpty();
    assertThat(report.message()).contains("24h");
  }

  @Test
  void a_session_in_its_last_second_is_skipped() {
    source.put(key("late"), "7", NOON.plusMillis(500), NOON, "");

    var report = warmer.warm(PLAN);

    assertThat(report.counts()).isEqualTo(new WarmCounts(0, Map.of("expired", 1L), Map.of()));
  }

  @Test
  void warming_again_keeps_existing_entries_and_still_verifies_them() {
    addSessions(10);
    var first = warmer.warm(PLAN);

    var second = warmer.warm(PLAN);

    assertThat(first.counts().warmed()).isEqualTo(10);
    assertThat(second.counts())
        .isEqualTo(new WarmCounts(0, Map.of("already there", 10L), Map.of()));
    assertThat(second.verifiedShare()).hasValue(1);
  }

  @Test
  void a_dry_run_counts_and_writes_nothing() {
    addSessions(10);

    var report = warmer.warm(PLAN.change().dryRun(true).plan());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new WarmCounts(0, Map.of("dry run", 10L), Map.of()));
    assertThat(read("token-0")).isInstanceOf(Absent.class);
    assertThat(cache.lock().mark()).isEmpty();
  }

  @Test
  void while_another_node_warms_the_run_is_skipped() {
    addSessions(10);
    var other = cache.lock().take(Duration.ofMinutes(1)).orElseThrow();

    var skipped = warmer.warm(PLAN);
    other.release();
    var next = warmer.warm(PLAN);

    assertThat(skipped.state()).isEqualTo(RunState.SKIPPED_OTHER_NODE);
    assertThat(skipped.counts()).isEqualTo(WarmCounts.NONE);
    assertThat(next.state()).isEqualTo(RunState.COMPLETED);
  }

  @Test
  void a_cancelled_run_ends_after_the_current_chunk() {
    addSessions(500);

    var report =
        warmer.warm(
            PLAN,
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                warmer.cancel();
              }
            });

    assertThat(report.state()).isEqualTo(RunState.CANCELLED);
    assertThat(report.counts().warmed()).isEqualTo(100);
    assertThat(report.found()).isEqualTo(100);
    assertThat(cache.lock().take(Duration.ofSeconds(1))).isPresent();
    assertThat(cache.lock().mark()).isEmpty();
  }

  @Test
  void the_deadline_ends_the_run_with_what_was_warmed_until_then() {
    addSessions(500);

    var report =
        warmer.warm(
            PLAN.change().deadline(Duration.ofSeconds(10)).plan(),
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                time.advance(Duration.ofSeconds(6));
              }
            });

    assertThat(report.state()).isEqualTo(RunState.TIMED_OUT);
    assertThat(report.counts().warmed()).isEqualTo(200);
    assertThat(report.took()).isEqualTo(Duration.ofSeconds(12));
    assertThat(report.message()).contains("10s");
  }

  @Test
  void a_run_that_lost_its_lease_to_another_node_stops() {
    addSessions(500);

    var report =
        warmer.warm(
            PLAN,
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                awaitRenewer();
                var lock = cache.lock();
                synchronized (lock) { // or the renewer would take its lease anew first
                  time.advance(Duration.ofSeconds(31));
                  assertThat(lock.take(Duration.ofMinutes(1))).isPresent();
                }
                await().until(() -> !renewerIsAlive());
              }
            });

    assertThat(report.state()).isEqualTo(RunState.SKIPPED_OTHER_NODE);
    assertThat(report.message()).contains("Another node took the warming lock");
    assertThat(report.counts().warmed()).isEqualTo(100);
  }

  private void awaitRenewer() {
    try {
      time.awaitPausing(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean renewerIsAlive() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("stoker-warm-lease"));
  }

  @Test
  void a_rate_is_kept_by_waiting_between_chunks() {
    addSessions(30);
    var plan = PLAN.change().rowsPerSecond(10L).plan();

    var report = CompletableFuture.supplyAsync(() -> warmer.warm(plan));
    await().pollInterval(Duration.ofMillis(1)).until(() -> turned(report));

    assertThat(report.join().counts().warmed()).isEqualTo(30);
    assertThat(report.join().took()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
  }

  /// Turns the clock on a little; true once the run is over.
  private boolean turned(CompletableFuture<SessionReport> report) {
    time.advance(Duration.ofMillis(100));
    return report.isDone();
  }

  @Test
  void an_interrupted_run_is_cancelled_and_leaves_the_thread_interrupted() {
    addSessions(500);

    var report =
        warmer.warm(
            PLAN.change().rowsPerSecond(1L).plan(),
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                Thread.currentThread().interrupt();
              }
            });

    assertThat(report.state()).isEqualTo(RunState.CANCELLED);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void a_complete_run_marks_the_cache_warm() {
    addSessions(1);

    var report = warmer.warm(PLAN);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(cache.lock().mark()).map(WarmLock.Mark::since).contains(NOON);
  }

  @Test
  void a_small_run_does_not_hide_that_more_is_warm() {
    addSessions(50);
    var all = warmer.warm(PLAN.change().limit(40).plan());

    var few = warmer.warm(PLAN.change().limit(5).plan());

    assertThat(all.state()).isEqualTo(RunState.COMPLETED);
    assertThat(few.state()).isEqualTo(RunState.COMPLETED);
    assertThat(cache.lock().mark()).contains(new WarmLock.Mark(NOON, 40, PLAN.activeWithin()));
  }

  @Test
  void a_run_that_took_every_session_counts_for_any_limit() {
    addSessions(50);

    var report = warmer.warm(PLAN);

    assertThat(report.counts().selected()).isEqualTo(50);
    assertThat(cache.lock().mark())
        .contains(new WarmLock.Mark(NOON, SessionPlan.ALL, PLAN.activeWithin()));
  }
}
