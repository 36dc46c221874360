package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {

  @Test
  void every_outcome_is_counted_in_one_column() {
    var counter = new Tally.Counter();

    counter.add(Outcome.WARMED);
    counter.add(Outcome.WARMED);
    counter.add(new Outcome.Skipped("expired"));
    counter.add(new Outcome.Failed("OOM", false));
    counter.add(new Outcome.Failed("OOM", false));
    counter.add(new Outcome.Failed("no acknowledgement", true));

    var tally = counter.tally();
    assertThat(tally)
        .isEqualTo(
            new Tally(2, Map.of("expired", 1L), Map.of("OOM", 2L, "no acknowledgement", 1L)));
    assertThat(tally.selected()).isEqualTo(6);
    assertThat(tally.skippedInAll()).isEqualTo(1);
    assertThat(tally.failedInAll()).isEqualTo(3);
  }

  @Test
  void a_negative_count_is_refused() {
    assertThatThrownBy(() -> new Tally(-1, Map.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }
}
