package io.stoker.answers;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the cache of answers in order: writes down what was asked, evicts, prunes the log and what
/// is over, goes on with what was begun, and queues again what is asked often or rests on a
/// document that has changed.
///
/// Works on a thread of its own, which nothing but [#close()] ends. Thread-safe.
public final class AnswerMaintenance implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerMaintenance.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration TIDY_EVERY = Duration.ofMinutes(1);
  private static final Duration ASKED_WITHIN = Duration.ofDays(7);
  private static final long MAX_EVENTS = 100_000;

  /// Of at most 200 answers each.
  private static final int STEPS_AT_ONCE = 10;

  /// Top questions are warmed again in the last quarter of their answers' time.
  private static final int LAST_PART = 4;

  private final AnswerStore store;
  private final AnswerCache cache;
  private final WakeSignal signal;
  private final Supplier<AnswerSettings> settings;
  private final Retention retention;
  private final Time time;
  private final BackgroundLoop loop;
  private Duration nextTidy;

  /// A maintenance that has not started yet, and keeps what is over as is usual.
  public AnswerMaintenance(
      AnswerStore store,
      AnswerCache cache,
      WakeSignal signal,
      Supplier<AnswerSettings> settings,
      Time time) {
    this(store, cache, signal, settings, Retention.STANDARD, time);
  }

  /// A maintenance that has not started yet.
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
    this.nextTidy = time.ticks();
    this.loop = BackgroundLoop.virtual("stoker-answers-maintenance", this::run);
  }

  /// Begins. To be called once.
  public void start() {
    loop.start();
  }

  /// Stops, and writes down what was asked.
  @Override
  public void close() {
    loop.close();
    cache.flushStatistics();
  }

  /// Notes that a document has changed that the store does not hold itself: the answers that rest
  /// on it are marked as stale and their questions queued again, a batch for each scope. Those
  /// answers are served until they are replaced.
  public void documentChanged(String document) {
    store.entries().documentChanged(document);
    runJobs();
  }

  /// Begins with what a change has left to do, such as that of a document. What is more than a
  /// moment's work follows by itself, in steps, so that others can write in between.
  public void runJobs() {
    for (int i = 0; i < STEPS_AT_ONCE; i++) {
      if (!step()) {
        return;
      }
    }
  }

  private boolean step() {
    boolean done = store.queue().runJobStep();
    if (done) {
      signal.wake();
    }
    return done;
  }

  /// Questions that are to be warmed again, with the other wordings that they have.
  private static final class Due {

    final List<String> questions = new ArrayList<>();
    final Map<String, List<String>> wordings = new HashMap<>();

    void add(String question, List<String> others) {
      questions.add(question);
      if (!others.isEmpty()) {
        wordings.put(question, others);
      }
    }
  }

  private void submit(String scope, Due due, String idempotencyKey) {
    var options = new BatchOptions("most asked", scope, false, false);
    store.queue().submit(new Submission(due.questions, due.wordings, options, idempotencyKey));
    signal.wake();
  }

  private void run() throws InterruptedException {
    look();
    time.pause(EVERY);
  }

  private void look() {
    try {
      cache.flushStatistics();
      cache.refreshIndex();
      while (!Thread.currentThread().isInterrupted() && step()) {
        // A step is a transaction.
      }
      if (time.ticks().compareTo(nextTidy) >= 0) {
        nextTidy = time.ticks().plus(TIDY_EVERY);
        tidy();
      }
    } catch (StokerException e) {
      LOG.warn("The answers cannot be kept in order for the moment: {}", e.getMessage());
    }
  }

  private void tidy() {
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

  /// Several nodes may come here at once: the idempotency key lets one of them make the batch.
  private void warmTop(Instant now) {
    int top = settings.get().warmTop();
    if (top == 0) {
      return;
    }
    var life = settings.get().timeToLive();
    var soon = now.plus(life.dividedBy(LAST_PART));
    var due = new LinkedHashMap<String, Due>();
    for (var question : store.entries().top(now.minus(ASKED_WITHIN), top)) {
      var expiresAt = question.expiresAt();
      if (expiresAt == null || expiresAt.isBefore(soon)) {
        due.computeIfAbsent(question.scope(), _ -> new Due())
            .add(question.question(), cache.wordings(question.question(), question.scope()));
      }
    }
    long period = now.toEpochMilli() / Math.max(1, life.dividedBy(2L * LAST_PART).toMillis());
    due.forEach(
        (scope, questions) -> submit(scope, questions, "most-asked:" + period + ":" + scope));
  }

  /// How long what is over is kept, and how much of it.
  ///
  /// @param batches how long a batch is kept with its questions after its end; zero for ever
  /// @param statistics how long it is kept what was asked, to the hour
  /// @param maxQuestions how many different questions an hour, over all hours that are kept, are
  ///   told apart; what is beyond that is counted, but not which question it was
  public record Retention(Duration batches, Duration statistics, long maxQuestions) {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /// Batches for 90 days, what was asked for 31, 100,000 different questions.
    public static final Retention STANDARD =
        new Retention(Duration.ofDays(90), Duration.ofDays(31), 100_000);

    /// Checks that it makes sense.
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
