package io.stoker.server.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.server.overview.OverviewWire.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverviewHistoryTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final OverviewHistory history = new OverviewHistory();

  private void add(int armed) {
    history.add(new Point(time.now(), null, null, null, null, null, armed), time.ticks());
  }

  private static List<Integer> armed(List<Point> points) {
    return points.stream().map(Point::armed).toList();
  }

  @Test
  void the_first_point_is_due_at_once_and_the_next_after_ten_seconds() {
    assertThat(history.isDue(time.ticks())).isTrue();
    assertThat(history.sinceLast(time.ticks())).isNull();

    add(1);

    assertThat(history.isDue(time.ticks())).isFalse();
    time.advance(Duration.ofMillis(9999));
    assertThat(history.isDue(time.ticks())).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(history.isDue(time.ticks())).isTrue();
    assertThat(history.sinceLast(time.ticks())).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void a_clock_set_back_delays_no_point() {
    add(1);
    time.advance(Duration.ofSeconds(10));
    time.jumpTo(Instant.parse("2026-11-20T12:00:00Z"));

    assertThat(history.isDue(time.ticks())).isTrue();
  }

  @Test
  void points_older_than_an_hour_are_dropped() {
    for (int i = 1; i <= OverviewHistory.MOST + 5; i++) {
      add(i);
      time.advance(OverviewHistory.EVERY);
    }

    assertThat(history.points()).hasSize(360);
    assertThat(history.points().getFirst().armed()).isEqualTo(6);
    assertThat(history.points().getLast().armed()).isEqualTo(365);
    assertThat(history.count()).isEqualTo(365);
  }

  @Test
  void a_viewer_gets_the_points_since_its_last_update() {
    add(1);
    add(2);
    long seen = history.count();
    add(3);
    add(4);

    assertThat(armed(history.after(seen))).containsExactly(3, 4);
    assertThat(history.after(history.count())).isEmpty();
    assertThat(armed(history.after(0))).containsExactly(1, 2, 3, 4);
  }

  @Test
  void a_viewer_away_for_more_than_an_hour_gets_the_remaining_points() {
    for (int i = 1; i <= OverviewHistory.MOST + 5; i++) {
      add(i);
    }

    assertThat(history.after(1)).hasSize(OverviewHistory.MOST);
  }
}
