package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.WarmingEvent.WarmFailed;
import io.stoker.prompts.WarmingEvent.WarmRefused;
import io.stoker.prompts.WarmingState.PauseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Sends warms to providers, each on a thread of its own, and reports the outcomes.
///
/// No warms are sent to a provider while it is rate limited. Thread-safe.
final class WarmCalls {

  private static final Logger LOG = LoggerFactory.getLogger(WarmCalls.class);

  /// How long a provider may take to react to a cancelled request.
  private static final Duration GRACE = Duration.ofSeconds(5);

  /// Numbers of a warm's timer: the timeout, and the end of the grace period.
  private static final long TIMEOUT = 0;

  private static final long GRACE_OVER = 1;

  private final WarmerContext context;
  private final WarmTimers timers;
  private final Time time;
  private final WarmGate gate;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Map<String, Duration> rateLimitedUntil = new ConcurrentHashMap<>();
  private final LongAdder warmed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder read = new LongAdder();
  private final LongAdder written = new LongAdder();

  WarmCalls(WarmerContext context, WarmTimers timers) {
    this.context = context;
    this.timers = timers;
    this.time = context.time();
    this.gate =
        new WarmGate(
            context.settings().warmsInFlight(), context.settings().policy().warmsPerMinute(), time);
  }

  int inFlight() {
    return inFlight.get();
  }

  PromptWarmer.Totals totals() {
    return new PromptWarmer.Totals(warmed.sum(), failed.sum(), read.sum(), written.sum());
  }

  /// Starts a warm.
  void begin(WarmCall call) {
    inFlight.incrementAndGet();
    call.begin(() -> {
      try (var _ = MDC.putCloseable("conversation", call.conversationId())) {
        run(call);
      } finally {
        inFlight.decrementAndGet();
      }
    });
  }

  /// Cancels a warm.
  ///
  /// @param call null for none
  void cancel(@Nullable WarmCall call) {
    if (call != null) {
      call.end(WarmCall.End.CANCELLED);
      call.finish(
          new WarmRefusedException(
              "the warm was cancelled: a turn began, or warming was disabled"));
    }
  }

  /// Cancels a warm that timed out. If its provider ignores the interrupt, the conversation goes on
  /// without it.
  void fired(WarmCall call, long number) {
    if (number == TIMEOUT && call.end() == WarmCall.End.NONE) {
      call.end(WarmCall.End.TIMED_OUT);
      timers.set(call, GRACE_OVER, GRACE);
    } else {
      call.report(timedOut(call, silence()));
    }
  }

  private String silence() {
    return "no answer within " + context.settings().warmTimeout().toSeconds() + " s";
  }

  private void run(WarmCall call) {
    WarmingEvent outcome;
    try {
      outcome = outcome(call);
    } catch (RuntimeException | Error e) {
      LOG.error("A warm of conversation {} failed", call.conversationId(), e);
      outcome = failure(call, String.valueOf(e.getMessage()), false, null);
      call.failed(e);
    }
    call.report(outcome);
  }

  private WarmingEvent outcome(WarmCall call) {
    boolean entered = false;
    timers.set(call, TIMEOUT, context.settings().warmTimeout());
    try {
      var choice = context.providers().find(call.model());
      if (choice.isEmpty()) {
        return refusal(call, PauseReason.REFUSED, "unknown model: " + call.model());
      }
      gate.enter(choice.get().provider().name(), expectedValue(call, choice.get()));
      entered = true;
      return withBudget(call, choice.get());
    } catch (InterruptedException _) {
      return timedOut(
          call,
          "no other warm was done within " + context.settings().warmTimeout().toSeconds() + " s");
    } catch (StokerException e) {
      call.failed(e);
      return failure(call, e.getMessage() == null ? "" : e.getMessage(), false, null);
    } finally {
      timers.unset(call);
      if (entered) {
        gate.leave();
      }
    }
  }

  /// Requested warms go before scheduled ones.
  private double expectedValue(WarmCall call, Choice choice) {
    return call.isManual()
        ? Double.POSITIVE_INFINITY
        : context.decider().expectedValue(call.conversation(), choice);
  }

  private WarmingEvent withBudget(WarmCall call, Choice choice) {
    if (isTooLate(call)) {
      return refusal(
          call,
          PauseReason.COLD,
          "too many warms were due at once, and the entry expired before this one was sent");
    }
    long expected = context.decider().expectedCost(call.conversation(), choice);
    var refusal = context.budgets().reserve(call.conversation(), expected);
    if (refusal != null) {
      return refusal(call, PauseReason.OVER_BUDGET, refusal);
    }
    long cost = 0;
    try {
      var event = withHistory(call, choice);
      cost = event instanceof WarmDone done ? done.cost() : 0;
      return event;
    } finally {
      context.budgets().charge(call.conversation(), expected, cost);
    }
  }

  /// Whether the warm has waited until its entry has expired, or is about to.
  private boolean isTooLate(WarmCall call) {
    var now = time.now();
    boolean waited = now.isAfter(call.decidedAt().plus(PromptSchedule.SLACK));
    return waited
        && !call.isManual()
        && call.conversation()
            .warming()
            .coldAt()
            .filter(call.decidedAt()::isBefore)
            .filter(now.plus(PromptSchedule.MARGIN)::isAfter)
            .isPresent();
  }

  /// Admits warms that only waited for the next minute.
  void openGate() {
    gate.open();
  }

  int waiting() {
    return gate.waiting();
  }

  private WarmingEvent withHistory(WarmCall call, Choice choice) {
    if (!context.store().leases().has(call.conversationId())) {
      return refusal(call, PauseReason.NONE, "another server has taken the conversation over");
    }
    var history = context.store().history(call.conversationId(), 0);
    if (history.isEmpty()) {
      return refusal(call, PauseReason.NOTHING_SAID, "no history");
    }
    var idle = call.conversation().warming().idle();
    var request =
        PromptRequest.of(
            call.conversationId(),
            choice,
            context.settings().system(),
            history,
            PromptRequest.WARM_PROMPT,
            idle == null ? null : idle.tier());
    return sent(call, choice, request);
  }

  private WarmingEvent sent(WarmCall call, Choice choice, PromptRequest request) {
    var rateLimited =
        rateLimitedUntil.getOrDefault(choice.provider().name(), Duration.ZERO).minus(time.ticks());
    if (rateLimited.isPositive()) {
      var error =
          choice.provider().name()
              + " is rate limited for another "
              + rateLimited.toSeconds()
              + " s";
      call.failed(new CallException(CallException.Code.RATE_LIMITED, error, rateLimited, null));
      return failure(call, error, false, rateLimited);
    }
    var began = time.ticks();
    var startedAt = time.now();
    try {
      var usage = choice.provider().warm(request);
      warmed.increment();
      read.add(usage.read());
      written.add(usage.written());
      record(call, choice, startedAt, time.ticks().minus(began), usage, "");
      call.succeeded(usage);
      long cost = LedgerRules.cost(choice.prices().orElse(null), usage);
      return new WarmDone(call.number(), startedAt, usage, cost);
    } catch (InterruptedException _) {
      if (call.end() == WarmCall.End.CANCELLED) {
        return failure(call, "broken off", false, null);
      }
      var event = timedOut(call, silence());
      failed.increment();
      record(call, choice, startedAt, time.ticks().minus(began), null, event.error());
      return event;
    } catch (CallException e) {
      failed.increment();
      noteRateLimit(choice, e);
      var error = String.valueOf(e.getMessage());
      record(call, choice, startedAt, time.ticks().minus(began), null, error);
      call.failed(e);
      return failure(call, error, e.code().broad() == CallException.Code.REFUSED, e.retryAfter());
    }
  }

  private void noteRateLimit(Choice choice, CallException e) {
    if (e.code() == CallException.Code.RATE_LIMITED && e.retryAfter() != null) {
      rateLimitedUntil.put(choice.provider().name(), time.ticks().plus(e.retryAfter()));
    }
  }

  private void record(
      WarmCall call,
      Choice choice,
      Instant startedAt,
      Duration took,
      @Nullable Usage usage,
      String error) {
    if (call.end() == WarmCall.End.CANCELLED) {
      return; // the conversation may have been deleted
    }
    try {
      context
          .store()
          .record(
              new WarmRecord(
                  call.conversationId(),
                  startedAt,
                  took,
                  choice.fullName(),
                  call.isManual(),
                  usage,
                  error));
    } catch (StokerException e) {
      LOG.warn(
          "A warm of conversation {} was not recorded: {}", call.conversationId(), e.getMessage());
    }
  }

  private static WarmFailed timedOut(WarmCall call, String error) {
    call.failed(new CallException(CallException.Code.TIMED_OUT, error, null, null));
    return failure(call, error, false, null);
  }

  private static WarmFailed failure(
      WarmCall call, String error, boolean isFinal, @Nullable Duration retryAfter) {
    return new WarmFailed(
        call.number(), error, isFinal, retryAfter, ThreadLocalRandom.current().nextDouble());
  }

  private static WarmRefused refusal(WarmCall call, PauseReason pauseReason, String why) {
    call.failed(new WarmRefusedException(why));
    return new WarmRefused(call.number(), pauseReason, why);
  }
}
