package io.stoker.server.http;

import io.stoker.StokerException;
import io.stoker.answers.BatchState;
import io.stoker.server.Answers;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// How answers are doing. Down if the store does not answer, since without it nothing can be
/// queued; up if only the pipeline is in trouble, which the details tell.
public final class AnswerHealth implements HealthIndicator {

  private static final int MOST = 1000;

  private final Answers answers;

  public AnswerHealth(Answers answers) {
    this.answers = answers;
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
      return (status.trouble().isEmpty() ? health : health.withDetail("pipeline", status.trouble()))
          .build();
    } catch (StokerException e) {
      return Health.down().withDetail("store", String.valueOf(e.getMessage())).build();
    }
  }

  private int count(BatchState state) {
    return answers.store().queue().batches(state, MOST, null).items().size();
  }
}
