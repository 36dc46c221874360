package io.stoker.answers;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Maintains the cache and the queue in the background: stores statistics, evicts answers, prunes
/// the log and ended batches, runs background jobs, and warms the most asked questions again before
/// their answers expire. Thread-safe.
public final class AnswerMaintenance implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerMaintenance.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration PRUNE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration TOP_WINDOW = Duration.ofDays(7);
  private static final long MAX_EVENTS = 100_000;

  /// Each step is at most 200 answers.
  private static final int MAX_STEPS_PER_CALL = 10;

  /// Top questions are warmed again in the last quarter of the TTL of their answers.
  private static final int WARM_IN_LAST = 4;

  private final AnswerStore store;
  private final AnswerCache cache;
  private final WakeSignal signal;
  private final Supplier<AnswerSettings> settings;
  private final Retention retention;
  private final Time time;
  private final BackgroundLoop loop;
  private Duration nextPruning;

  /// Not started yet, with the standard retention.
  public AnswerMaintenance(
      AnswerStore store,
      AnswerCache cache,
      WakeSignal signal,
      Supplier<AnswerSettings> settings,
      Time time) {
    this(store, cache, signal, settings, Retention.STANDARD, time);
  }

  /// Not started yet.
  public AnswerMaintenance(
      AnswerStore store,
      AnswerCache cache,
      WakeSignal signal,
      Supplier<AnswerSettings> settings,
      Retention retention,
      Time time) {
    this.retention = retention;
    this.store = store;
    this.cache = cache;
    this.signal = signal;
    this.settings = settings;
    this.time = time;
    this.nextPruning = time.ticks();
    this.loop = BackgroundLoop.virtual("stoker-answers-maintenance", this::run);
  }

  /// Starts. To be called once.
  public void start() {
    loop.start();
  }

  /// Stops, and stores the statistics.
  @Override
  public void close() {
    loop.close();
    cache.flushStatistics();
  }

  /// Marks the answers based on a document outside the store as stale, and queues their questions
  /// in one batch per scope. Stale answers are served until they are replaced.
  public void documentChanged(String document) {
    store.entries().documentChanged(document);
    runJobs();
  }

  /// Starts on background jobs at once, such as that of a changed document. What takes longer is
  /// done in the background, in steps, so that others can write in between.
  public void runJobs() {
    for (int i = 0; i < MAX_STEPS_PER_CALL; i++) {
      if (!runJobStep()) {
        return;
      }
    }
  }

  private boolean runJobStep() {
    boolean done = store.queue().runJobStep();
    if (done) {
      signal.wake();
    }
    return done;
  }

  private void submit(String scope, List<String> questions, String idempotencyKey) {
    var options = new BatchOptions("most asked", scope, false, false);
    var wordings = cache.wordings(questions, scope);
    store.queue().submit(new Submission(questions, wordings, options, idempotencyKey));
    signal.wake();
  }

  private void run() throws InterruptedException {
    runOnce();
    time.pause(INTERVAL);
  }

  private void runOnce() {
    try {
      cache.flushStatistics();
      cache.refreshIndex();
      while (!Thread.currentThread().isInterrupted() && runJobStep()) {
        // A step is a transaction.
      }
      if (time.ticks().compareTo(nextPruning) >= 0) {
        nextPruning = time.ticks().plus(PRUNE_INTERVAL);
        prune();
      }
    } catch (StokerException e) {
      LOG.warn(
          "Maintenance of the answers failed and is tried again in a second: {}", e.getMessage());
    }
  }

  private void prune() {
    var now = time.now();
    store.entries().evict(now, settings.get().maxEntries());
    store.entries().pruneStatistics(now.minus(retention.statistics()), retention.maxQuestions());
    if (!retention.batches().isZero()) {
      var before = now.minus(retention.batches());
      while (!Thread.currentThread().isInterrupted() && store.queue().deleteEnded(before)) {
        // One batch at a time.
      }
    }
    store.log().prune(MAX_EVENTS);
    warmTop(now);
  }

  /// The idempotency key lets only one of several nodes queue the batch.
  private void warmTop(Instant now) {
    int top = settings.get().warmTop();
    if (top == 0) {
      return;
    }
    var life = settings.get().timeToLive();
    var soon = now.plus(life.dividedBy(WARM_IN_LAST));
    var due = new LinkedHashMap<String, List<String>>();
    for (var question : store.entries().top(now.minus(TOP_WINDOW), top)) {
      var expiresAt = question.expiresAt();
      if (expiresAt == null || expiresAt.isBefore(soon)) {
        due.computeIfAbsent(question.scope(), _ -> new ArrayList<>()).add(question.question());
      }
    }
    long period = now.toEpochMilli() / Math.max(1, life.dividedBy(2L * WARM_IN_LAST).toMillis());
    due.forEach(
        (scope, questions) -> submit(scope, questions, "most-asked:" + period + ":" + scope));
  }

  /// How long data is kept, and how much of it.
  ///
  /// @param batches how long a batch is kept after its end; zero for ever
  /// @param statistics how long statistics are kept, to the hour
  /// @param maxQuestions the most statistics rows, one for each question and hour; further
  ///   questions count only in the totals
  public record Retention(Duration batches, Duration statistics, long maxQuestions) {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /// Batches for 90 days, statistics for 31 days and 100,000 questions.
    public static final Retention STANDARD =
        new Retention(Duration.ofDays(90), Duration.ofDays(31), 100_000);

    /// Checks the ranges.
    public Retention {
      if (batches.isNegative() || batches.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "batches must be kept for 0 (for ever) to 36500 days but it was " + batches);
      }
      if (!statistics.isPositive() || statistics.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "what was asked must be kept for more than 0 and at most 36500 days but it was "
                + statistics);
      }
      if (maxQuestions < 1) {
        throw new IllegalArgumentException(
            "at least 1 question must be told apart but it was " + maxQuestions);
      }
    }
  }
}
