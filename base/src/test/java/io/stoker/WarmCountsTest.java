package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WarmCountsTest {

  @Test
  void every_outcome_is_counted_exactly_once() {
    var counter = new WarmCounts.Counter();

    counter.add(WarmOutcome.WARMED);
    counter.add(WarmOutcome.WARMED);
    counter.add(new WarmOutcome.Skipped("expired"));
    counter.add(new WarmOutcome.Failed("OOM", false));
    counter.add(new WarmOutcome.Failed("OOM", false));
    counter.add(new WarmOutcome.Failed("no acknowledgement", true));

    var counts = counter.counts();
    assertThat(counts)
        .isEqualTo(
            new WarmCounts(2, Map.of("expired", 1L), Map.of("OOM", 2L, "no acknowledgement", 1L)));
    assertThat(counts.selected()).isEqualTo(6);
    assertThat(counts.totalSkipped()).isEqualTo(1);
    assertThat(counts.totalFailed()).isEqualTo(3);
  }

  @Test
  void a_negative_count_is_refused() {
    assertThatThrownBy(() -> new WarmCounts(-1, Map.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }
}
