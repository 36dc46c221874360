package io.stoker.server.http;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.BatchState;
import io.stoker.server.Answers;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// How answers are doing. Down if the store does not answer, since without it nothing can be
/// queued; up if only the pipeline is in trouble, which the details tell.
public final class AnswerHealth implements HealthIndicator {

  private static final int MOST = 1000;

  private final Answers answers;
  private final Time time;

  public AnswerHealth(Answers answers, Time time) {
    this.answers = answers;
    this.time = time;
  }

  @Override
  public Health health() {
    try {
      var status = answers.worker().status();
      var health =
          Health.up()
              .withDetail("running", count(BatchState.RUNNING))
              .withDetail("pending", count(BatchState.PENDING))
              .withDetail("paused", count(BatchState.PAUSED))
              .withDetail("in_hand", status.inHand());
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

  private int count(BatchState state) {
    return answers.store().queue().batches(state, MOST, null).items().size();
  }
}
