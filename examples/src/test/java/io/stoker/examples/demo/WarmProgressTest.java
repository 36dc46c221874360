package io.stoker.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.WarmCounts;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WarmProgressTest {

  private final StringBuilder out = new StringBuilder();

  @Test
  void a_bar_grows_in_place_on_a_terminal() {
    var progress = new WarmProgress(out::append, true, 200);

    warmed(progress, 100);

    assertThat(out.toString())
        .isEqualTo("\r  [####################--------------------]  50 %  100 sessions");
  }

  @Test
  void elsewhere_there_is_a_line_for_each_quarter() {
    var progress = new WarmProgress(out::append, false, 4000);

    for (int sessions = 100; sessions <= 4000; sessions += 100) {
      warmed(progress, sessions);
    }

    assertThat(out.toString().lines())
        .containsExactly(
            "  warming ... 1,000 of 4,000",
            "  warming ... 2,000 of 4,000",
            "  warming ... 3,000 of 4,000",
            "  warming ... 4,000 of 4,000");
  }

  @Test
  void more_sessions_than_were_counted_before_are_no_more_than_all() {
    var progress = new WarmProgress(out::append, true, 100);

    warmed(progress, 150);

    assertThat(out.toString()).contains("100 %  150 sessions").doesNotContain("-");
  }

  private static void warmed(WarmProgress progress, long sessions) {
    progress.progress(new WarmCounts(sessions, Map.of(), Map.of()), Duration.ZERO);
  }
}
