package io.stoker.answers;

import static io.stoker.DurationRules.shorter;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.CallException;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Processes the queue: claims questions, answers each on its own virtual thread, caches the
/// answers, settles the claims. Thread-safe.
///
/// A crash loses nothing: the claims of a dead worker end with their leases. A live worker renews
/// its leases every second; work on claims that were lost (cancelled, deleted, taken over) is
/// interrupted, and so are its calls of the pipeline. While the pipeline does not answer, only one
/// question at a time is claimed to probe it.
public final class AnswerWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerWorker.class);
  private static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(1);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final Duration MIN_WAIT = Duration.ofMillis(5);

  /// How often the queue is polled without a signal.
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  /// A lease survives a renewal that is late or fails.
  private static final int RENEWALS_PER_LEASE = 3;

  /// How long closing waits for answers that ignore the interrupt.
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final AnswerClaims claims;
  private final AnswerCache cache;
  private final WakeSignal signal;
  private final Supplier<AnswerSettings> settings;
  private final Time time;
  private final PipelineBreaker breaker;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Map<Claim, Thread> inFlight = new ConcurrentHashMap<>();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final Queue<SlotPause> pauses = new ConcurrentLinkedQueue<>();
  private final Map<AnswerOutcome, LongAdder> ended = new ConcurrentHashMap<>();
  private final BackgroundLoop loop;
  private final BackgroundLoop renewer;
  private volatile boolean closing;
  private volatile @Nullable Wait storeDown;

  /// The last question used as a probe. Confined to the loop.
  private @Nullable Claim lastProbe;

  /// Not started yet.
  ///
  /// @param settings read again before every claim
  public AnswerWorker(
      AnswerStore store,
      AnswerCache cache,
      WakeSignal signal,
      Supplier<AnswerSettings> settings,
      Time time) {
    this.claims = store.claims();
    this.cache = cache;
    this.signal = signal;
    this.settings = settings;
    this.time = time;
    this.breaker = new PipelineBreaker(time);
    this.loop = BackgroundLoop.virtual("stoker-answers", this::run);
    this.renewer = BackgroundLoop.virtual("stoker-answers-leases", this::renew);
    cache.onPipelineAnswer(() -> answered(false));
  }

  /// State of a worker.
  ///
  /// @param inFlight how many questions it is answering
  /// @param waiting why it claims nothing at present; null if it does
  public record Status(int inFlight, @Nullable Wait waiting) {}

  /// Starts. To be called once.
  public void start() {
    loop.start();
    renewer.start();
  }

  /// Its current state.
  public Status status() {
    var store = storeDown;
    return new Status(inFlight.size(), store == null ? breaker.waiting().orElse(null) : store);
  }

  /// Probes the pipeline at once.
  public void tryNow() {
    breaker.tryNow();
    signal.wake();
  }

  /// How many questions this worker has ended with this outcome.
  public long ended(AnswerOutcome outcome) {
    var counted = ended.get(outcome);
    return counted == null ? 0 : counted.sum();
  }

  /// Stops claiming, and interrupts running answers, whose claims are released without counting an
  /// attempt.
  @Override
  public void close() {
    closing = true;
    loop.close();
    inFlight.keySet().forEach(this::interrupt);
    try {
      loop.join(GRACE);
      for (var thread : running) {
        if (!thread.join(GRACE)) {
          LOG.warn("An answer did not end when interrupted; its lease will expire");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    renewer.close();
  }

  private void run() throws InterruptedException {
    try {
      boolean more = claimAndStart();
      var next = more ? Duration.ZERO : untilNextPoll();
      storeDown = null;
      if (!more) {
        signal.await(next);
      }
    } catch (StokerException e) {
      LOG.warn("The queue does not answer and is polled again in a second: {}", e.getMessage());
      noteStoreDown(e);
      time.pause(RETRY_DELAY);
    }
  }

  private void noteStoreDown(StokerException e) {
    var before = storeDown;
    storeDown =
        new Wait(
            Wait.Cause.STORE_DOWN,
            before == null ? time.now() : before.since(),
            null,
            String.valueOf(e.getMessage()));
  }

  /// Whether there may be more to claim at once.
  private boolean claimAndStart() {
    var now = settings.get();
    int free = now.concurrency() - running.size() - pausing();
    if (free <= 0) {
      return false;
    }
    var admission = breaker.admit(free);
    if (admission.probe()) {
      tryPipeline(now);
      return false;
    }
    if (admission.calls() == 0) {
      return false;
    }
    lastProbe = null;
    var claimed = claims.claim(admission.calls(), now.lease(), now.perMinute());
    claimed.forEach(claim -> start(claim, false));
    return claimed.size() == admission.calls();
  }

  /// With another question than the last time, for that one may be what is wrong.
  private void tryPipeline(AnswerSettings now) {
    boolean started = false;
    try {
      var claimed = claims.claimNext(lastProbe, random.nextDouble(), now.lease(), now.perMinute());
      if (claimed.isPresent()) {
        lastProbe = claimed.get();
        start(claimed.get(), true);
        started = true;
      }
    } finally {
      if (!started) {
        breaker.probeEnded();
      }
    }
  }

  /// How many running are in the pause after an answer, in which no thread sleeps.
  private int pausing() {
    pauses.removeIf(pause -> !left(pause).isPositive());
    return pauses.size();
  }

  private Duration untilNextPoll() {
    var wait = POLL_INTERVAL;
    var due = claims.nextDue();
    if (due.isPresent()) {
      wait = shorter(wait, Duration.between(time.now(), due.get()));
    }
    for (var pause : pauses) {
      wait = shorter(wait, left(pause));
    }
    var nextTry = breaker.waiting().map(Wait::nextTry);
    if (nextTry.isPresent()) {
      var left = Duration.between(time.now(), nextTry.get());
      wait = left.isPositive() ? shorter(wait, left) : wait;
    }
    var perMinute = settings.get().perMinute();
    if (perMinute != null) {
      wait = shorter(wait, Duration.ofMinutes(1).dividedBy(perMinute));
    }
    return wait.compareTo(MIN_WAIT) < 0 ? MIN_WAIT : wait;
  }

  private void start(Claim claim, boolean probe) {
    var thread = BackgroundTask.virtual("stoker-answer", () -> work(claim, probe));
    running.add(thread);
    inFlight.put(claim, thread);
    thread.start();
    if (closing) {
      interrupt(claim);
    }
  }

  /// Interrupts the claim's thread, unless it has its answer already: settling is not interrupted.
  private void interrupt(Claim claim) {
    inFlight.computeIfPresent(
        claim,
        (_, thread) -> {
          thread.interrupt();
          return thread;
        });
  }

  private void work(Claim claim, boolean probe) {
    try (var _ = MDC.putCloseable("batch", Long.toString(claim.batchId()));
        var _ = MDC.putCloseable("query", Long.toString(claim.questionId()));
        var _ = MDC.putCloseable("attempt", Integer.toString(claim.attempt()))) {
      var verdict = answer(claim, probe);
      inFlight.remove(claim);
      boolean brokenOff = Thread.interrupted();
      if (!brokenOff || closing) {
        settle(claim, verdict);
      }
      pauses.add(new SlotPause(time.ticks(), verdict instanceof Verdict.Release));
    } finally {
      if (probe) {
        breaker.probeEnded();
      }
      inFlight.remove(claim);
      running.remove(Thread.currentThread());
      signal.wake();
    }
  }

  /// The pause after an answer.
  ///
  /// @param since when it began, in ticks
  /// @param released whether the question can be claimed again at once, which should not be so soon
  private record SlotPause(Duration since, boolean released) {}

  /// How much of a pause is left by the present settings.
  private Duration left(SlotPause pause) {
    var delay = settings.get().delay();
    boolean tooShort = pause.released && delay.compareTo(RETRY_DELAY) < 0;
    return pause.since.plus(tooShort ? RETRY_DELAY : delay).minus(time.ticks());
  }

  private Verdict answer(Claim claim, boolean probe) {
    var settled = RetryRules.beforeAttempt(claim);
    if (settled.isPresent()) {
      return settled.get();
    }
    var options = claim.options();
    try {
      var warmed =
          cache.warm(claim.question(), claim.wordings(), options.scope(), options.onlyStale());
      if (warmed.outcome() != AnswerOutcome.ALREADY_FRESH) {
        answered(probe);
      }
      return new Verdict.End(warmed.outcome(), warmed.detail());
    } catch (CallException e) {
      return failed(claim, e, probe);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Verdict.Release(null, "the worker stopped");
    } catch (StokerException e) {
      LOG.warn("An answer could not be stored: {}", e.getMessage());
      return new Verdict.Release(null, "the answer could not be stored: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("Question {} failed unexpectedly", claim.questionId(), e);
      return failed(
          claim,
          new CallException(CallException.Code.BAD_ANSWER, "unexpected: " + e, null, e),
          probe);
    }
  }

  private Verdict failed(Claim claim, CallException failure, boolean probe) {
    var penalty = breaker.failed(claim.questionId(), failure, probe);
    var admittedAt = breaker.waiting().map(Wait::nextTry).orElse(null);
    return RetryRules.afterFailure(
        failure, penalty, claim.attempt(), time.now(), admittedAt, settings.get(), random);
  }

  private void answered(boolean probe) {
    if (breaker.answered(probe)) {
      signal.wake();
    }
  }

  /// Retries until the lease may have expired, when another worker may have the question.
  private void settle(Claim claim, Verdict verdict) {
    var until = time.now().plus(settings.get().lease());
    while (true) {
      try {
        boolean counted = claims.settle(List.of(new Settlement(claim, verdict))).getFirst();
        if (!counted) {
          LOG.debug("The lease of question {} expired before it was settled", claim.questionId());
        } else if (verdict instanceof Verdict.End(var outcome, _)) {
          ended.computeIfAbsent(outcome, _ -> new LongAdder()).increment();
        }
        return;
      } catch (StokerException e) {
        LOG.warn(
            "Question {} could not be settled and is tried again: {}",
            claim.questionId(),
            e.getMessage());
        if (closing || time.now().isAfter(until) || !pause(RETRY_DELAY)) {
          return;
        }
      }
    }
  }

  private void renew() throws InterruptedException {
    time.pause(shorter(RENEWAL_INTERVAL, settings.get().lease().dividedBy(RENEWALS_PER_LEASE)));
    try {
      renewNow();
    } catch (StokerException e) {
      LOG.warn("Leases could not be renewed and are tried again: {}", e.getMessage());
    }
  }

  /// Renews the leases of running claims at once, and interrupts work on lost ones. Called after a
  /// cancel or delete, which otherwise takes effect within a second.
  ///
  /// @throws StokerException if the queue does not answer
  public void renewNow() {
    var held = List.copyOf(inFlight.keySet());
    if (!held.isEmpty()) {
      claims.renew(held, settings.get().lease()).forEach(this::interrupt);
    }
  }

  /// False if interrupted.
  private boolean pause(Duration length) {
    try {
      time.pause(length);
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  /// Why a worker claims nothing at present.
  ///
  /// @param since when that began
  /// @param nextTry when the next attempt is due; null if unknown
  /// @param lastError the error message of the last attempt
  public record Wait(Cause cause, Instant since, @Nullable Instant nextTry, String lastError) {

    /// Cause of a wait.
    public enum Cause {
      /// The pipeline does not answer.
      PIPELINE_DOWN("pipeline-down"),
      /// The pipeline limits the rate of calls.
      RATE_LIMITED("rate-limited"),
      /// The queue's database does not answer.
      STORE_DOWN("store-down");

      private final String label;

      Cause(String label) {
        this.label = label;
      }

      /// Its name on the wire: `pipeline-down`.
      public String label() {
        return label;
      }
    }

    /// A sentence about it, without the full stop.
    public String message(Instant now) {
      var what =
          switch (cause) {
            case PIPELINE_DOWN -> "the pipeline has not been answering for ";
            case RATE_LIMITED -> "the pipeline has been rate limited for ";
            case STORE_DOWN -> "the queue's database has not been answering for ";
          };
      return what
          + words(Duration.between(since, now))
          + "; "
          + next(now)
          + "; last error: "
          + error();
    }

    private String next(Instant now) {
      if (nextTry == null) {
        return "it is tried again every second";
      }
      var wait = Duration.between(now, nextTry);
      return wait.isPositive() ? "next try in " + words(wait) : "the next try is due now";
    }

    private String error() {
      return lastError.isEmpty() ? "none was given" : lastError;
    }

    /// `1 h 2 min`, `2 min 5 s` or `38 s`.
    private static String words(Duration length) {
      var shown = length.isNegative() ? Duration.ZERO : length;
      if (shown.toHours() > 0) {
        return shown.toHours() + " h " + shown.toMinutesPart() + " min";
      }
      return shown.toMinutes() > 0
          ? shown.toMinutes() + " min " + shown.toSecondsPart() + " s"
          : shown.toSeconds() + " s";
    }
  }
}
