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

/// Works the queue off: claims questions, has each answered on a virtual thread of its own, keeps
/// the answer, settles the claim.
///
/// ```
/// claim (lease, fencing token) -> AnswerCache.warm -> RetryRules -> settle (only if still ours)
/// ```
///
/// Everything a crash can interrupt is in the queue: a claim whose worker is gone ends with its
/// lease. Claims in hand are renewed every second; what turns out not to be ours any more
/// (cancelled, deleted, taken over) is broken off by an interrupt, and its call outside with it.
/// While the pipeline does not answer, nothing is claimed but one question at a time to try it
/// with. Thread-safe.
public final class AnswerWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerWorker.class);

  /// How long to wait for a signal before looking at the queue all the same.
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  private static final Duration MIN_WAIT = Duration.ofMillis(5);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(1);

  /// So that a lease lasts though a renewal comes late or fails.
  private static final int RENEWALS_PER_LEASE = 3;

  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

  /// How long closing waits for answers that do not let themselves be interrupted.
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final AnswerClaims claims;
  private final AnswerCache cache;
  private final WakeSignal signal;
  private final Supplier<AnswerSettings> settings;
  private final Time time;
  private final PipelineBreaker gate;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Map<Claim, Thread> inFlight = new ConcurrentHashMap<>();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final Queue<SlotPause> pauses = new ConcurrentLinkedQueue<>();
  private final Map<AnswerOutcome, LongAdder> ended = new ConcurrentHashMap<>();
  private final BackgroundLoop loop;
  private final BackgroundLoop renewer;
  private volatile boolean closing;
  private volatile @Nullable Wait storeDown;

  /// The question that the pipeline was tried with last. Confined to the loop.
  private @Nullable Claim lastProbe;

  /// A worker that has not started yet.
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
    this.gate = new PipelineBreaker(time);
    this.loop = BackgroundLoop.virtual("stoker-answers", this::run);
    this.renewer = BackgroundLoop.virtual("stoker-answers-leases", this::renew);
    cache.onPipelineAnswer(() -> answered(false));
  }

  /// What a worker is about.
  ///
  /// @param inFlight how many questions it is answering
  /// @param waiting why it claims nothing at the moment; null if it does
  public record Status(int inFlight, @Nullable Wait waiting) {}

  /// Begins. To be called once.
  public void start() {
    loop.start();
    renewer.start();
  }

  /// What it is about.
  public Status status() {
    var store = storeDown;
    return new Status(inFlight.size(), store == null ? gate.waiting().orElse(null) : store);
  }

  /// Ends a wait: the pipeline is tried at once.
  public void tryNow() {
    gate.tryNow();
    signal.wake();
  }

  /// How many questions this worker has brought to such an end.
  public long ended(AnswerOutcome outcome) {
    var counted = ended.get(outcome);
    return counted == null ? 0 : counted.sum();
  }

  /// Claims nothing more, breaks off what is in hand and hands it back, without counting a try.
  @Override
  public void close() {
    closing = true;
    loop.close();
    inFlight.keySet().forEach(this::interrupt);
    try {
      loop.join(GRACE);
      for (var thread : running) {
        if (!thread.join(GRACE)) {
          LOG.warn("An answer could not be broken off; its lease will end by itself");
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
      LOG.warn("The queue does not answer and is tried again in a second: {}", e.getMessage());
      noteStoreDown(e);
      time.pause(AFTER_TROUBLE);
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
    var admission = gate.admit(free);
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
        gate.probeEnded();
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
    var nextTry = gate.waiting().map(Wait::nextTry);
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

  /// @param probe whether the pipeline is tried with it
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
        gate.probeEnded();
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
    boolean tooShort = pause.released && delay.compareTo(AFTER_TROUBLE) < 0;
    return pause.since.plus(tooShort ? AFTER_TROUBLE : delay).minus(time.ticks());
  }

  private Verdict answer(Claim claim, boolean probe) {
    var hopeless = RetryRules.before(claim);
    if (hopeless.isPresent()) {
      return hopeless.get();
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
      LOG.warn("An answer could not be kept: {}", e.getMessage());
      return new Verdict.Release(null, "the answer could not be kept: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("Question {} failed by a fault", claim.questionId(), e);
      return failed(
          claim, new CallException(CallException.Code.BAD_ANSWER, "fault: " + e, null, e), probe);
    }
  }

  private Verdict failed(Claim claim, CallException trouble, boolean probe) {
    var penalty = gate.failed(claim.questionId(), trouble, probe);
    var free = gate.waiting().map(Wait::nextTry).orElse(null);
    return RetryRules.after(
        trouble, penalty, claim.attempt(), time.now(), free, settings.get(), random);
  }

  private void answered(boolean probe) {
    if (gate.answered(probe)) {
      signal.wake();
    }
  }

  /// Tries for as long as the claim may still be ours; after that another worker has the question.
  private void settle(Claim claim, Verdict verdict) {
    var until = time.now().plus(settings.get().lease());
    while (true) {
      try {
        boolean counted = claims.settle(List.of(new Settlement(claim, verdict))).getFirst();
        if (!counted) {
          LOG.debug("The lease of question {} had ended before it was settled", claim.questionId());
        } else if (verdict instanceof Verdict.End(var outcome, _)) {
          ended.computeIfAbsent(outcome, _ -> new LongAdder()).increment();
        }
        return;
      } catch (StokerException e) {
        LOG.warn("Question {} could not be settled yet: {}", claim.questionId(), e.getMessage());
        if (closing || time.now().isAfter(until) || !pause(AFTER_TROUBLE)) {
          return;
        }
      }
    }
  }

  private void renew() throws InterruptedException {
    time.pause(shorter(RENEW_EVERY, settings.get().lease().dividedBy(RENEWALS_PER_LEASE)));
    try {
      renewNow();
    } catch (StokerException e) {
      LOG.warn("Leases could not be renewed and are tried again: {}", e.getMessage());
    }
  }

  /// Renews the claims in hand at once and breaks off what is not ours any more. Called after a
  /// cancel or a delete, which would otherwise take effect within a second.
  ///
  /// @throws StokerException if the queue does not answer
  public void renewNow() {
    var held = List.copyOf(inFlight.keySet());
    if (held.isEmpty()) {
      return;
    }
    claims.renew(held, settings.get().lease()).forEach(this::interrupt);
  }

  /// False if the pause was interrupted.
  private boolean pause(Duration length) {
    try {
      time.pause(length);
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  /// Why a worker claims nothing for the moment.
  ///
  /// @param since when it began
  /// @param nextTry when the next try is due; null if that cannot be said
  /// @param lastError what the last try met, for people
  public record Wait(Cause cause, Instant since, @Nullable Instant nextTry, String lastError) {

    /// What a worker waits for.
    public enum Cause {
      /// The pipeline answers none of several questions.
      PIPELINE_DOWN("pipeline-down"),
      /// The pipeline limits the rate of calls.
      RATE_LIMITED("rate-limited"),
      /// The database of the queue does not answer.
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

    /// All of it in one sentence without its full stop, for people.
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
