package io.stoker.prompts;

import static io.stoker.prompts.PromptSamples.said;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Deletion of unused conversations.
@Timeout(120)
final class UnusedConversationsTest {

  private static final PromptLimits A_WEEK = new PromptLimits(0, 0, 0, 0, 7);

  @TempDir private Path folder;

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final PromptProviders providers =
      new PromptProviders(
          List.of(new SimulatedProvider(SimulatorSettings.STANDARD.atOnce(), time)),
          "simulator/small");

  /// Advances the clock by a minute, so that unused conversations are deleted.
  private void passAMinute() throws InterruptedException {
    for (int i = 0; i < 60; i++) {
      time.awaitPausing(1);
      time.advance(ofSeconds(1));
    }
    time.awaitPausing(1);
  }

  private static void age(JdbcPromptStore store, String id, int days) {
    var _ =
        store
            .database()
            .write(
                "age a conversation",
                connection ->
                    connection.update(
                        "UPDATE conversation SET used_on = used_on - ? WHERE id = ?", days, id));
  }

  @Test
  void they_go_with_all_that_was_said_and_the_others_stay() throws InterruptedException {
    try (var state = JdbcStateDatabase.sqlite(folder.resolve("stoker.db"));
        var store = JdbcPromptStore.on(state);
        var warmer =
            new PromptWarmer(store, providers, PromptSettings.STANDARD.with(A_WEEK), time)) {
      for (var id : List.of("unused", "used")) {
        warmer.setEnabled(id, true);
        warmer.setEnabled(id, false);
        store.append(id, said("hello"), null);
      }
      age(store, "unused", 8);
      age(store, "used", 7);
      warmer.start();

      passAMinute();

      await().atMost(Duration.ofMinutes(1)).until(() -> store.find("unused").isEmpty());
      await().atMost(Duration.ofMinutes(1)).until(() -> store.deletable(7, 10).isEmpty());
      assertThat(store.history("unused", 0)).isEmpty();
      assertThat(store.find("used")).isPresent();
      assertThat(store.history("used", 0)).hasSize(1);
    }
  }
}
