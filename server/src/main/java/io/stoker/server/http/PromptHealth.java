package io.stoker.server.http;

import io.stoker.StokerException;
import io.stoker.prompts.PromptProvider;
import io.stoker.server.prompts.PromptServices;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// The health of prompts. Down if the store does not answer, since then no setting can be changed
/// and no turn can start. Providers are not called, because that may cost money.
public final class PromptHealth implements HealthIndicator {

  private final PromptServices prompts;
  private final SocketHandler sockets;

  public PromptHealth(PromptServices prompts, SocketHandler sockets) {
    this.prompts = prompts;
    this.sockets = sockets;
  }

  @Override
  public Health health() {
    try {
      prompts.store().list(true, 1, null);
    } catch (StokerException e) {
      return Health.down().withDetail("store", String.valueOf(e.getMessage())).build();
    }
    var names = prompts.providers().all().stream().map(PromptProvider::name).toList();
    return Health.up()
        .withDetail("armed", prompts.warmer().scheduled())
        .withDetail("warms_in_flight", prompts.warmer().warmsInFlight())
        .withDetail("turns", prompts.chat().running())
        .withDetail("sockets", sockets.count())
        .withDetail("providers", names)
        .withDetail("standard_model", prompts.providers().defaultModel())
        .build();
  }
}
