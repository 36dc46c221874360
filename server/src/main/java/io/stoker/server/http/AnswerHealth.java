package io.stoker.server.http;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.BatchState;
import io.stoker.server.answers.AnswerServices;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// The health of answers. Down if the store does not answer, since then nothing can be queued; up
/// if only the pipeline fails, with details.
public final class AnswerHealth implements HealthIndicator {

  private final AnswerServices answers;
  private final Time time;

  public AnswerHealth(AnswerServices answers, Time time) {
    this.answers = answers;
    this.time = time;
  }

  @Override
  public Health health() {
    try {
      var status = answers.worker().status();
      var open = answers.store().queue().open();
      var health =
          Health.up()
              .withDetail("running", open.in(BatchState.RUNNING).batches())
              .withDetail("pending", open.in(BatchState.PENDING).batches())
              .withDetail("paused", open.in(BatchState.PAUSED).batches())
              .withDetail("in_hand", status.inFlight());
      var wait = status.waiting();
      return (wait == null
              ? health
              : health
                  .withDetail("pipeline", wait.message(time.now()))
                  .withDetail("waiting_since", wait.since().toString()))
          .build();
    } catch (StokerException e) {
      return Health.down().withDetail("store", String.valueOf(e.getMessage())).build();
    }
  }
}
