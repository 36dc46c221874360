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

/// Shows answers to Micrometer: what is queued, what became of it, what is kept, what was asked.
/// Thread-safe.
public final class AnswerMetrics implements Consumer<Reply> {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerMetrics.class);
  private static final List<BatchState> OPEN =
      List.of(BatchState.PENDING, BatchState.RUNNING, BatchState.PAUSED);

  /// How long what was read serves, so that one look does for all gauges of a scrape.
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final AnswerServices answers;
  private final Time time;
  private final Counter hits;
  private final Counter misses;
  private volatile @Nullable Look latest;

  public AnswerMetrics(AnswerServices answers, MeterRegistry registry, Time time) {
    this.answers = answers;
    this.time = time;
    this.hits = asks("hit", registry);
    this.misses = asks("miss", registry);
    for (var state : OPEN) {
      Gauge.builder("stoker.answers.queue", () -> look().queued(state))
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
    Gauge.builder("stoker.answers.entries", () -> look().entries)
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

  /// Counts what a user got.
  @Override
  public void accept(Reply reply) {
    (reply.cached() ? hits : misses).increment();
  }

  /// What was found.
  ///
  /// @param queued in the order of [#OPEN]
  private record Look(List<Double> queued, double entries, Duration at) {

    double queued(BatchState state) {
      return queued.get(OPEN.indexOf(state));
    }
  }

  private Look look() {
    var known = latest;
    if (known != null && time.ticks().minus(known.at).compareTo(FRESH) < 0) {
      return known;
    }
    try {
      known = find();
    } catch (StokerException e) {
      LOG.debug("What is queued is not known: {}", e.getMessage());
      known = new Look(OPEN.stream().map(_ -> Double.NaN).toList(), Double.NaN, time.ticks());
    }
    latest = known;
    return known;
  }

  private Look find() {
    var open = answers.store().queue().open();
    var now = time.now();
    return new Look(
        OPEN.stream().map(state -> (double) open.in(state).counts().open()).toList(),
        answers.store().entries().totals(now, now).entries(),
        time.ticks());
  }
}
