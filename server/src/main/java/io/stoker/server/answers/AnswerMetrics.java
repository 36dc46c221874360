package io.stoker.server.answers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerCache.Reply;
import io.stoker.answers.AnswerOutcome;
import io.stoker.answers.BatchState;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Micrometer metrics of the queue, the cache and their use. Thread-safe.
public final class AnswerMetrics implements Consumer<Reply> {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerMetrics.class);
  private static final List<BatchState> OPEN =
      List.of(BatchState.PENDING, BatchState.RUNNING, BatchState.PAUSED);

  /// So that all gauges of a scrape share one read.
  private static final Duration MAX_AGE = Duration.ofSeconds(5);

  private final AnswerServices answers;
  private final Time time;
  private final Counter hits;
  private final Counter misses;
  private volatile @Nullable Snapshot latest;

  public AnswerMetrics(AnswerServices answers, MeterRegistry registry, Time time) {
    this.answers = answers;
    this.time = time;
    this.hits = asks("hit", registry);
    this.misses = asks("miss", registry);
    for (var state : OPEN) {
      Gauge.builder("stoker.answers.queue", () -> snapshot().queued(state))
          .tag("state", state.label())
          .description("Questions still to be answered, by the state of their batch")
          .strongReference(true)
          .register(registry);
    }
    for (var outcome : AnswerOutcome.values()) {
      FunctionCounter.builder(
              "stoker.answers.outcomes", answers.worker(), worker -> worker.ended(outcome))
          .tag("outcome", outcome.label())
          .description(
              "Questions of batches that this process has dealt with, by what became of them")
          .register(registry);
    }
    Gauge.builder("stoker.answers.in.hand", () -> answers.worker().status().inFlight())
        .description("Questions that this process is answering")
        .strongReference(true)
        .register(registry);
    Gauge.builder("stoker.answers.entries", () -> snapshot().entries)
        .description("Answers that can be served")
        .strongReference(true)
        .register(registry);
  }

  private static Counter asks(String result, MeterRegistry registry) {
    return Counter.builder("stoker.answers.asks")
        .tag("result", result)
        .description("Questions of users, by whether the cache had the answer")
        .register(registry);
  }

  /// Counts a hit or a miss.
  @Override
  public void accept(Reply reply) {
    (reply.cached() ? hits : misses).increment();
  }

  /// The values of the gauges at one time.
  ///
  /// @param queued in the order of [#OPEN]
  private record Snapshot(List<Double> queued, double entries, Duration at) {

    double queued(BatchState state) {
      return queued.get(OPEN.indexOf(state));
    }
  }

  private Snapshot snapshot() {
    var cached = latest;
    if (cached != null && time.ticks().minus(cached.at).compareTo(MAX_AGE) < 0) {
      return cached;
    }
    try {
      cached = read();
    } catch (StokerException e) {
      LOG.debug("The queue cannot be read: {}", e.getMessage());
      cached = new Snapshot(OPEN.stream().map(_ -> Double.NaN).toList(), Double.NaN, time.ticks());
    }
    latest = cached;
    return cached;
  }

  private Snapshot read() {
    var open = answers.store().queue().open();
    var now = time.now();
    return new Snapshot(
        OPEN.stream().map(state -> (double) open.in(state).counts().open()).toList(),
        answers.store().entries().totals(now, now).entries(),
        time.ticks());
  }
}
