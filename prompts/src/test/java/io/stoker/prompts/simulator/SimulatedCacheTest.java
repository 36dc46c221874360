package io.stoker.prompts.simulator;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SimulatedCacheTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final SimulatedCache cache = new SimulatedCache(time);

  @Test
  void a_beginning_is_held_until_its_end_and_not_longer() {
    cache.put(7, ofSeconds(100));

    time.advance(ofSeconds(99));
    assertThat(cache.holds(7)).isTrue();
    assertThat(cache.holds(8)).isFalse();
    time.advance(ofSeconds(1));
    assertThat(cache.holds(7)).isFalse();
  }

  @Test
  void a_beginning_can_be_held_for_longer() {
    cache.put(7, ofSeconds(100));
    time.advance(ofSeconds(50));

    cache.put(7, ofSeconds(100));

    time.advance(ofSeconds(99));
    assertThat(cache.holds(7)).isTrue();
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void a_hash_of_zero_is_one_like_the_others() {
    cache.put(0, ofSeconds(100));

    assertThat(cache.holds(0)).isTrue();
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void of_very_many_all_are_held_until_they_end() {
    LongStream.range(0, 100_000).forEach(i -> cache.put(i, ofSeconds(100)));

    assertThat(cache.size()).isEqualTo(100_000);
    time.advance(ofSeconds(100));
    assertThat(cache.size()).isZero();
  }

  @Test
  void it_holds_what_a_map_would_whatever_is_done() {
    var random = new Random(20_260_301);
    var expected = new HashMap<Long, Long>();

    for (long now = 0; now < 20_000; now++) {
      long prefix = random.nextInt(500);
      int timeToLive = 1 + random.nextInt(2_000);
      expected.put(prefix, now + timeToLive);
      cache.put(prefix, ofSeconds(timeToLive));
      long asked = random.nextInt(500);
      assertThat(cache.holds(asked)).isEqualTo(expected.getOrDefault(asked, 0L) > now);
      time.advance(ofSeconds(1));
    }
  }
}
