package io.stoker.prompts;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.CallException;
import io.stoker.ManualTime;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.testing.FaultInjector;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PromptProvidersTest {

  private final SimulatedProvider simulator =
      new SimulatedProvider(
          SimulatorSettings.STANDARD, new ManualTime(Instant.parse("2026-11-21T08:00:00Z")));
  private final CountDownLatch interrupted = new CountDownLatch(1);

  /// A provider that blocks until it is interrupted.
  private PromptProvider silent() {
    var faults = new FaultInjector();
    faults.instead("name", "silent");
    faults.before(
        "models",
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException _) {
            interrupted.countDown();
          }
        });
    return faults.in(PromptProvider.class, simulator);
  }

  @Test
  void a_provider_that_is_silent_hides_no_models_of_others() throws InterruptedException {
    var providers = new PromptProviders(List.of(silent(), simulator), "simulator/small");

    assertThat(providers.models(ofMillis(50)))
        .isNotEmpty()
        .allMatch(model -> model.startsWith("simulator/"));
    interrupted.await();
  }

  @Test
  void if_all_are_silent_that_is_said() {
    var providers = new PromptProviders(List.of(silent()), "silent/small");

    assertThatThrownBy(() -> providers.models(ofMillis(50)))
        .isInstanceOfSatisfying(
            CallException.class, e -> assertThat(e.code()).isEqualTo(CallException.Code.TIMED_OUT));
  }
}
