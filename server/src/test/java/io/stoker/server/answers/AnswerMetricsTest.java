package io.stoker.server.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stoker.ManualTime;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerSettings;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.BatchAction;
import io.stoker.answers.BatchOptions;
import io.stoker.answers.Submission;
import io.stoker.answers.WakeSignal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerMetricsTest {

  private static final int MANY = 1_001;

  @Test
  void all_open_questions_are_counted_however_many_batches_they_are_in() {
    var time = new ManualTime(Instant.parse("2026-12-01T12:00:00Z"));
    try (var store = AnswerStore.inMemory(time)) {
      for (int i = 0; i < MANY; i++) {
        store.queue().submit(new Submission(List.of("1?", "2?"), BatchOptions.STANDARD, null));
      }
      store.queue().apply(1, BatchAction.PAUSE, "");
      var registry = new SimpleMeterRegistry();
      var _ = new AnswerMetrics(answers(store, time), registry, time);

      var queue = registry.get("stoker.answers.queue");

      assertThat(queue.tag("state", "pending").gauge().value()).isEqualTo(2.0 * (MANY - 1));
      assertThat(registry.get("stoker.answers.queue").tag("state", "paused").gauge().value())
          .isEqualTo(2);
    }
  }

  /// A pipeline that no question gets to.
  private record NeverAsked() implements AnswerPipeline {

    @Override
    public Answer answer(String question, String scope) {
      throw new AssertionError("expected no question, got " + question);
    }

    @Override
    public String version() {
      return "1";
    }
  }

  /// Only with what metrics look at.
  private static AnswerServices answers(AnswerStore store, ManualTime time) {
    var signal = WakeSignal.inProcess();
    var cache = new AnswerCache(store, new NeverAsked(), () -> AnswerSettings.STANDARD, time);
    var worker = new AnswerWorker(store, cache, signal, () -> AnswerSettings.STANDARD, time);
    return new AnswerServices(null, null, null, store, cache, worker, null, signal, null, null);
  }
}
