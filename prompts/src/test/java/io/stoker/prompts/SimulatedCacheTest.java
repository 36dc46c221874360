package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimulatedCacheTest {

  private final SimulatedCache cache = new SimulatedCache();

  @Test
  void a_beginning_is_remembered_until_its_end_and_not_longer() {
    cache.keep(7, 0, 100);

    assertThat(cache.holds(7, 99)).isTrue();
    assertThat(cache.holds(7, 100)).isFalse();
    assertThat(cache.holds(8, 0)).isFalse();
  }

  @Test
  void a_beginning_can_be_remembered_for_longer() {
    cache.keep(7, 0, 100);

    cache.keep(7, 50, 150);

    assertThat(cache.holds(7, 149)).isTrue();
    assertThat(cache.size(50)).isEqualTo(1);
  }

  @Test
  void a_hash_of_zero_is_one_like_the_others() {
    cache.keep(0, 0, 100);

    assertThat(cache.holds(0, 1)).isTrue();
    assertThat(cache.size(1)).isEqualTo(1);
  }

  @Test
  void a_million_take_less_than_64_bytes_each() {
    LongStream.range(0, 1_000_000).forEach(i -> cache.keep(i, 0, 100));

    assertThat(cache.size(1)).isEqualTo(1_000_000);
    assertThat(cache.room() * 16).isLessThan(1_000_000 * 64);
  }

  @Test
  void what_is_forgotten_makes_room_for_what_comes() {
    LongStream.range(0, 1_000_000).forEach(i -> cache.keep(i, i, i + 10_000));

    assertThat(cache.size(1_000_000)).isLessThan(10_000);
    assertThat(cache.room()).isLessThan(100_000);
  }

  @Test
  void it_remembers_like_a_map_whatever_is_done() {
    var random = new Random(20_260_301);
    var expected = new HashMap<Long, Long>();

    for (long now = 0; now < 200_000; now++) {
      long prefix = random.nextInt(5000);
      long until = now + random.nextInt(20_000);
      expected.put(prefix, until);
      cache.keep(prefix, now, until);
      long asked = random.nextInt(5000);
      assertThat(cache.holds(asked, now)).isEqualTo(expected.getOrDefault(asked, 0L) > now);
    }

    long end = 200_000;
    assertThat(cache.size(end)).isEqualTo(expected.values().stream().filter(u -> u > end).count());
    for (Map.Entry<Long, Long> each : expected.entrySet()) {
      assertThat(cache.holds(each.getKey(), end)).isEqualTo(each.getValue() > end);
    }
  }
}
