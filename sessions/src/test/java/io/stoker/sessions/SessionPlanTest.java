package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionPlanTest {

  private static final SessionPlan PLAN = SessionPlan.standard();

  @Test
  void the_standard_plan_is_the_documented_one() {
    assertThat(PLAN.limit()).isEqualTo(1000);
    assertThat(PLAN.activeWithin()).isEqualTo(Duration.ofHours(24));
    assertThat(PLAN.batchSize()).isEqualTo(100);
    assertThat(PLAN.rowsPerSecond()).isNull();
    assertThat(PLAN.deadline()).isEqualTo(Duration.ofMinutes(5));
    assertThat(PLAN.timeToLiveCap()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void an_invalid_value_is_rejected_with_what_was_expected() {
    assertThatThrownBy(() -> PLAN.change().limit(0).plan())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a limit of at least 1, got 0");
    assertThatThrownBy(() -> PLAN.change().activeWithin(Duration.ZERO).plan())
        .hasMessageContaining("activity window above zero");
    assertThatThrownBy(() -> PLAN.change().batchSize(0).plan()).hasMessageContaining("batch size");
    assertThatThrownBy(() -> PLAN.change().rowsPerSecond(0L).plan()).hasMessageContaining("rate");
    assertThatThrownBy(() -> PLAN.change().deadline(Duration.ofSeconds(-1)).plan())
        .hasMessageContaining("deadline");
    assertThatThrownBy(() -> PLAN.change().timeToLiveCap(Duration.ofMillis(10)).plan())
        .hasMessageContaining("TTL cap");
    assertThatThrownBy(() -> PLAN.change().jitter(1).plan()).hasMessageContaining("jitter");
    assertThatThrownBy(() -> PLAN.change().sampleSize(-1).plan())
        .hasMessageContaining("sample size");
  }

  @Test
  void a_rate_makes_the_chunks_small_enough_to_keep_to_it() {
    assertThat(PLAN.change().limit(1_000_000).rowsPerSecond(50L).plan().query().bulkChunkSize())
        .isEqualTo(5);
    assertThat(PLAN.change().limit(1_000_000).plan().query().bulkChunkSize()).isEqualTo(1000);
  }

  @Test
  void no_more_are_read_in_order_than_the_limit() {
    assertThat(PLAN.query().hottest()).isEqualTo(1000);
    assertThat(PLAN.change().limit(SessionPlan.ALL).plan().query().hottest()).isEqualTo(10_000);
  }
}
