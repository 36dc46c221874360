package io.stoker.answers;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SlowAnswerTest {

  private static final Duration SHORTEST = ofSeconds(1);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final AnswerStore store = AnswerStore.inMemory(time);
  private final ScriptedPipeline pipeline = new ScriptedPipeline();

  @Test
  void even_the_shortest_lease_lasts_for_as_long_as_the_answer_takes() throws Exception {
    var release = new CountDownLatch(1);
    pipeline.does(question -> {
      release.await();
      return ScriptedPipeline.sure(question);
    });
    var settings = settings();
    var cache = new AnswerCache(store, pipeline, () -> settings, time);
    try (var signal = WakeSignal.inProcess();
        var worker = new AnswerWorker(store, cache, signal, () -> settings, time)) {
      var batch = store.queue().submit(Questions.batch("slowness", 1));
      worker.start();
      pipeline.awaitCall();

      for (int i = 0; i < 10; i++) {
        time.awaitPausing(1); // the renewer
        time.advance(ofMillis(350));
        await().until(() -> store.claims().nextDue().equals(leaseFromNow()));
        assertThat(store.claims().claim(1, SHORTEST, null)).isEmpty();
      }

      release.countDown();
      await().until(() -> store.queue().batch(batch.id()).orElseThrow().state().isOver());
      assertThat(pipeline.calls()).isEqualTo(1);
      StoreAudit.assertAllAnswered(store);
    }
  }

  private Optional<Instant> leaseFromNow() {
    return Optional.of(time.now().plus(SHORTEST));
  }

  private static AnswerSettings settings() {
    var standard = AnswerSettings.STANDARD;
    return new AnswerSettings(
        1,
        Duration.ZERO,
        null,
        SHORTEST,
        standard.retries(),
        standard.timeToLive(),
        standard.maxEntries(),
        standard.minimumConfidence(),
        0);
  }
}
