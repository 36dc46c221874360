package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What every [SessionStats] promises.
abstract class SessionStatsContract {

  private static final LookupCounts SOME = new LookupCounts(1, 2, 3, 4, 5, 6, 7);

  final ManualTime time = new ManualTime(Samples.NOON);

  abstract SessionStats stats();

  @Test
  void nothing_is_counted_at_first() {
    assertThat(stats().over(Duration.ofHours(1))).isEqualTo(LookupCounts.NONE);
  }

  @Test
  void counts_of_a_window_add_up() {
    var stats = stats();

    stats.add(SOME);
    time.advance(Duration.ofMinutes(10));
    stats.add(SOME);

    assertThat(stats.over(Duration.ofHours(1))).isEqualTo(SOME.plus(SOME));
    assertThat(stats.over(Duration.ofMinutes(5))).isEqualTo(SOME);
  }

  @Test
  void counts_older_than_the_window_are_left_out() {
    var stats = stats();

    stats.add(SOME);
    time.advance(Duration.ofMinutes(61));

    assertThat(stats.over(Duration.ofHours(1))).isEqualTo(LookupCounts.NONE);
    assertThat(stats.over(Duration.ofHours(2))).isEqualTo(SOME);
  }
}
