package io.stoker.prompts;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.prompts.WarmTimers.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WarmTimersTest {

  private static final Duration TICK = ofMillis(20);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final BlockingQueue<FiredTimer> rung = new LinkedBlockingQueue<>();

  @AutoClose
  private final WarmTimers timers =
      new WarmTimers(
          TICK,
          time,
          (timer, number) -> rung.add(new FiredTimer((Clock) timer, number, time.ticks())));

  private record FiredTimer(Clock timer, long number, Duration at) {}

  private static final class Clock extends Timer {}

  @BeforeEach
  void begin() {
    timers.start();
  }

  /// Advances the clock tick by tick, each after the timers have handled the previous one.
  private void pass(Duration length) throws InterruptedException {
    for (long i = 0; i < length.dividedBy(TICK); i++) {
      if (timers.size() > 0) {
        time.awaitPausing(1);
      }
      time.advance(TICK);
    }
    if (timers.size() > 0) {
      time.awaitPausing(1);
    }
  }

  @Test
  void a_timer_fires_at_its_time_with_its_number() throws InterruptedException {
    var timer = new Clock();
    timers.set(timer, 7, ofSeconds(1));

    pass(ofMillis(980));
    assertThat(rung).isEmpty();
    pass(TICK);

    assertThat(rung.take()).isEqualTo(new FiredTimer(timer, 7, ofSeconds(1)));
    assertThat(timers.size()).isZero();
  }

  @Test
  void a_timer_that_is_reset_fires_once_at_the_new_time() throws InterruptedException {
    var timer = new Clock();
    timers.set(timer, 1, ofSeconds(1));
    timers.set(timer, 2, ofMillis(100));

    pass(ofMillis(100));
    assertThat(rung.take()).isEqualTo(new FiredTimer(timer, 2, ofMillis(100)));
    pass(ofSeconds(2));

    assertThat(rung).isEmpty();
  }

  @Test
  void a_timer_that_is_unset_does_not_fire() throws InterruptedException {
    var timer = new Clock();
    timers.set(timer, 1, ofMillis(100));
    timers.set(new Clock(), 2, ofMillis(200));

    timers.unset(timer);
    timers.unset(timer);
    pass(ofMillis(200));

    assertThat(rung.take().number()).isEqualTo(2);
    assertThat(rung).isEmpty();
  }

  @Test
  void a_timer_in_the_past_fires_at_the_next_tick() {
    time.advance(ofSeconds(100));

    timers.set(new Clock(), 1, ofSeconds(-5));

    await().until(() -> rung.size() == 1);
  }

  @Test
  void a_timer_beyond_the_wheels_length_waits_for_its_round() {
    var beyond = Duration.ofHours(24);
    timers.set(new Clock(), 1, beyond);

    time.advance(beyond.minus(TICK.multipliedBy(2)));
    timers.set(new Clock(), 2, Duration.ZERO);
    time.advance(TICK);
    await().until(() -> rung.size() == 1);
    assertThat(rung.poll().number()).isEqualTo(2);
    time.advance(TICK);

    await().until(() -> rung.size() == 1);
  }

  @Test
  void many_random_timers_each_fire_once_and_on_time() throws InterruptedException {
    var random = new Random(3);
    var clocks = new ArrayList<Clock>();
    for (int i = 0; i < 500; i++) {
      clocks.add(new Clock());
    }
    Map<Clock, Duration> due = new HashMap<>();
    List<FiredTimer> all = new ArrayList<>();

    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 20; i++) {
        var clock = clocks.get(random.nextInt(clocks.size()));
        if (random.nextInt(4) == 0) {
          timers.unset(clock);
          due.remove(clock);
        } else {
          var after = ofMillis(random.nextInt(3_000));
          timers.set(clock, round, after);
          due.put(clock, time.ticks().plus(after));
        }
      }
      pass(TICK);
      int expected =
          (int) due.values().stream().filter(at -> at.compareTo(time.ticks()) <= 0).count();
      for (int i = 0; i < expected; i++) {
        all.add(rung.take());
      }
      for (var one : all) {
        var at = due.remove(one.timer());
        assertThat(at).isNotNull();
        assertThat(one.at().minus(at)).isBetween(Duration.ZERO, TICK);
      }
      all.clear();
      assertThat(rung).isEmpty();
      assertThat(timers.size()).isEqualTo(due.size());
    }
  }
}
