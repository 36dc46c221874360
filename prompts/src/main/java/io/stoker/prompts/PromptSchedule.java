package io.stoker.prompts;

import static io.stoker.DurationRules.shorter;

import io.stoker.prompts.WarmDecision.Decider;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.PolicyInputChanged;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.SetMode;
import io.stoker.prompts.WarmingEvent.SetWarming;
import io.stoker.prompts.WarmingEvent.TimerFired;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.WarmingEvent.WarmFailed;
import io.stoker.prompts.WarmingEvent.WarmRefused;
import io.stoker.prompts.WarmingEvent.WarmRequested;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.PauseReason;
import java.time.Duration;
import java.time.Instant;

/// The state machine of a conversation's warming: maps a state and an event to the next state.
///
/// | event | effect |
/// |---|---|
/// | turn started | unschedules the next warm, and cancels one in flight |
/// | turn ended | idle; schedules the next warm if warming is enabled |
/// | enabled | schedules the next warm, unless one is scheduled or the conversation is busy |
/// | disabled, closed | unschedules the next warm, and cancels one in flight |
/// | interval, mode, hint | reschedules; asks the policy again if it wanted no warm |
/// | timer fired | warms, unless it is too late or the policy no longer wants a warm |
/// | timer fired, no warm due | counts the user as not coming back |
/// | warm requested | warms instead of waiting for the timer |
/// | warm done | schedules the next warm |
/// | warm failed | schedules a retry while the entry is cached, else the next interval; pauses if the provider refuses, or after ten failures in a row |
/// | warm refused | pauses until the next turn |
/// | restored | schedules as before; soon and spread if overdue and still cached; pauses if the entry has expired, or if it was paused before |
///
/// Whether and when the next warm is due is decided by the [Decider]: by interval, at a time, or
/// not at all. An interval counts from the event that schedules it: the end of a turn or warm, or
/// the command that enables warming or changes the interval. An entry's time to live, and the times
/// of a policy, count from the start of the last request that used the entry.
final class PromptSchedule {

  /// Warming pauses after so many failures in a row.
  static final int MAX_FAILURES = 10;

  /// How long before it expires an entry counts as expired: a request takes time to arrive.
  static final Duration MARGIN = Duration.ofSeconds(2);

  /// How late a timer may fire without a check whether the entry has expired.
  static final Duration SLACK = Duration.ofSeconds(1);

  /// The longest time over which overdue warms are spread after a restart.
  static final Duration MAX_SPREAD = Duration.ofSeconds(30);

  private final Instant now;
  private final Decider decider;

  private PromptSchedule(Instant now, Decider decider) {
    this.now = now;
    this.decider = decider;
  }

  /// The result of an event.
  ///
  /// @param action for the provider
  /// @param isPublished whether listeners are notified
  record Transition(WarmingState state, ProviderAction action, boolean isPublished) {}

  /// What to do with the provider.
  enum ProviderAction {
    /// Nothing.
    NOTHING,
    /// Send a warm, with the state's number.
    WARM,
    /// Cancel the warm in flight.
    CANCEL
  }

  static Transition after(WarmingState state, WarmingEvent event, Instant now, Decider decider) {
    return new PromptSchedule(now, decider).after(state, event);
  }

  private Transition after(WarmingState state, WarmingEvent event) {
    return switch (event) {
      case TurnStarted started -> turnStarted(state, started);
      case TurnEnded ended -> turnEnded(state, ended);
      case SetEnabled change -> enabled(state, change);
      case SetInterval change -> interval(state, change);
      case SetMode change -> mode(state, change);
      case SetWarming change -> setWarming(state, change);
      case PolicyInputChanged _ -> published(askPolicyAgain(new WarmingStateBuilder(state)));
      case Hinted hint -> hinted(state, hint);
      case Closed _ -> closed(state);
      case TimerFired fired -> timerFired(state, fired);
      case WarmRequested request -> warmRequested(state, request);
      case WarmDone done -> warmDone(state, done);
      case WarmFailed failed -> warmFailed(state, failed);
      case WarmRefused refused -> warmRefused(state, refused);
      case Restored restored -> restored(state, restored);
      case ClockJumped jumped -> clockJumped(state, jumped);
    };
  }

  private Transition turnStarted(WarmingState state, TurnStarted started) {
    var next = new WarmingStateBuilder(state).unschedule();
    next.activity = Activity.GENERATING;
    next.cacheProfile = started.cacheProfile();
    next.touchedAt = now;
    next.pause(PauseReason.NONE, "");
    next.failures = 0;
    next.error = "";
    if (next.idle != null) {
      next.idle = next.idle.asResolved();
    }
    return new Transition(next.state(), cancelIfWarming(state), true);
  }

  private Transition turnEnded(WarmingState state, TurnEnded ended) {
    if (state.activity() != Activity.GENERATING) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state);
    next.activity = Activity.IDLE;
    next.touchedAt = ended.touchedAt();
    var outcome = ended.outcome();
    if (outcome != null && ended.touchedAt() != null) {
      next.idle = IdlePeriod.since(ended.touchedAt(), outcome);
    }
    if (state.enabled()) {
      schedule(next);
    }
    return published(next);
  }

  private Transition enabled(WarmingState state, SetEnabled change) {
    boolean on = change.on() == null ? !state.enabled() : change.on();
    if (!on) {
      return disabled(state);
    }
    var next = new WarmingStateBuilder(state);
    next.enabled = true;
    if (state.activity() == Activity.IDLE && state.nextWarmAt() == null) {
      next.failures = 0;
      next.error = "";
      schedule(next);
    }
    return published(next);
  }

  private static Transition closed(WarmingState state) {
    var next = new WarmingStateBuilder(disabled(state).state());
    if (next.idle != null) {
      next.idle = next.idle.asResolved();
    }
    return new Transition(next.state(), cancelIfWarming(state), true);
  }

  private static Transition disabled(WarmingState state) {
    var next = new WarmingStateBuilder(state).unschedule();
    next.enabled = false;
    next.pause(PauseReason.NONE, "");
    if (state.activity() == Activity.WARMING) {
      next.activity = Activity.IDLE;
    }
    return new Transition(next.state(), cancelIfWarming(state), true);
  }

  private Transition interval(WarmingState state, SetInterval change) {
    var next = new WarmingStateBuilder(state);
    next.interval = change.interval();
    if (state.nextWarmAt() != null) {
      schedule(next);
    }
    return published(next);
  }

  private Transition mode(WarmingState state, SetMode change) {
    var next = new WarmingStateBuilder(state);
    next.mode = change.mode();
    if (state.activity() == Activity.IDLE) {
      next.unschedule();
    }
    if (state.pauseReason() == PauseReason.WROTE || state.pauseReason() == PauseReason.COLD) {
      next.pause(PauseReason.NONE, "");
    }
    return published(askPolicyAgain(next));
  }

  private Transition setWarming(WarmingState state, SetWarming change) {
    var transition = ignored(state);
    for (var part : change.parts()) {
      transition = after(transition.state(), part);
    }
    return transition;
  }

  private Transition hinted(WarmingState state, Hinted hint) {
    var next = new WarmingStateBuilder(state);
    if (next.idle != null) {
      next.idle = next.idle.hinted(hint.stop(), hint.focused());
    }
    return published(askPolicyAgain(next));
  }

  /// Asks the policy again, unless a warm is scheduled by interval, which stays as it is, or
  /// warming is paused for a reason that the policy cannot change.
  private WarmingStateBuilder askPolicyAgain(WarmingStateBuilder next) {
    boolean policyDecided =
        switch (next.pauseReason) {
          case NONE, NOT_WORTH_IT, TOO_SHORT, OVER_BUDGET, SWITCHED_OFF -> true;
          case NOTHING_SAID, COLD, REFUSED, GAVE_UP, NOT_PINGED, WROTE -> false;
        };
    if (next.enabled && next.activity == Activity.IDLE && policyDecided) {
      var decision = decision(next);
      if (!(decision instanceof WarmDecision.ByInterval && next.isScheduled())) {
        apply(next, decision);
      }
    }
    return next;
  }

  private void schedule(WarmingStateBuilder next) {
    apply(next, decision(next));
  }

  private WarmDecision decision(WarmingStateBuilder next) {
    return next.cacheProfile.isWarmable()
        ? decider.decide(next.state(), now)
        : new WarmDecision.Pause(PauseReason.NOT_PINGED, "");
  }

  private void apply(WarmingStateBuilder next, WarmDecision decision) {
    switch (decision) {
      case WarmDecision.ByInterval _ -> next.schedule(now.plus(next.interval), "");
      case WarmDecision.At(var when, var why) ->
          next.schedule(when.isAfter(now) ? when : now.plusMillis(1), why);
      case WarmDecision.Pause(var reason, var why) -> next.pause(reason, why);
    }
  }

  private Transition timerFired(WarmingState state, TimerFired fired) {
    if (fired.number() != state.number()) {
      return ignored(state);
    }
    if (state.nextWarmAt() == null) {
      return userStayedAway(state);
    }
    var next = new WarmingStateBuilder(state).unschedule();
    if (isTooLate(state, state.nextWarmAt())) {
      next.pause(PauseReason.COLD, "");
      return published(next);
    }
    if (decider.decide(next.state(), now) instanceof WarmDecision.Pause(var reason, var why)) {
      next.pause(reason, why);
      return published(next);
    }
    next.activity = Activity.WARMING;
    return new Transition(next.state(), ProviderAction.WARM, false);
  }

  private static Transition userStayedAway(WarmingState state) {
    var idle = state.idle();
    if (idle == null || idle.resolved() || state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state);
    next.idle = idle.asResolved();
    return published(next);
  }

  /// Whether the warm was due before the entry expired, and the entry has expired by now. An
  /// interval beyond the time to live is never in time, and is meant so.
  private boolean isTooLate(WarmingState state, Instant due) {
    return now.isAfter(due.plus(SLACK))
        && state.coldAt().filter(cold -> !due.isAfter(cold) && now.isAfter(cold)).isPresent();
  }

  private static Transition warmRequested(WarmingState state, WarmRequested request) {
    if (state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state).unschedule();
    next.activity = Activity.WARMING;
    next.cacheProfile = request.cacheProfile();
    return new Transition(next.state(), ProviderAction.WARM, false);
  }

  private Transition warmDone(WarmingState state, WarmDone done) {
    if (isLate(state, done.number())) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state);
    next.activity = Activity.IDLE;
    next.touchedAt = done.startedAt();
    next.failures = 0;
    next.error = "";
    next.pauseReason = PauseReason.NONE;
    next.lastWarm = LastWarm.of(done.usage(), now);
    if (next.idle != null) {
      next.idle = next.idle.warmed(done.cost(), done.usage());
    }
    if (state.enabled()) {
      schedule(next);
    }
    return published(next);
  }

  private Transition warmFailed(WarmingState state, WarmFailed failed) {
    if (isLate(state, failed.number())) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state);
    next.activity = Activity.IDLE;
    next.failures = state.failures() + 1;
    next.error = failed.error();
    if (!state.enabled()) {
      next.pauseReason = PauseReason.NONE;
    } else if (failed.isFinal()) {
      next.pause(PauseReason.REFUSED, "");
    } else if (next.failures >= MAX_FAILURES) {
      next.pause(PauseReason.GAVE_UP, "");
    } else {
      retry(next, state, failed);
    }
    return published(next);
  }

  /// Retries within the interval or while the entry is cached, unless the policy no longer wants a
  /// warm.
  private void retry(WarmingStateBuilder next, WarmingState state, WarmFailed failed) {
    switch (decider.decide(next.state(), now)) {
      case WarmDecision.ByInterval _ ->
          next.schedule(now.plus(RetryDelayRules.byInterval(state, failed, now)), "");
      case WarmDecision.At(_, var why) -> {
        var retryAt = now.plus(RetryDelayRules.soon(state, failed));
        if (state.coldAt().filter(retryAt.plus(MARGIN)::isBefore).isPresent()) {
          next.schedule(retryAt, why);
        } else {
          next.pause(PauseReason.COLD, "");
        }
      }
      case WarmDecision.Pause(var reason, var why) -> next.pause(reason, why);
    }
  }

  private static Transition warmRefused(WarmingState state, WarmRefused refused) {
    if (isLate(state, refused.number())) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state);
    next.activity = Activity.IDLE;
    next.error = refused.pauseReason() == PauseReason.OVER_BUDGET ? state.error() : refused.why();
    next.pauseReason = state.enabled() ? refused.pauseReason() : PauseReason.NONE;
    next.why = refused.pauseReason() == PauseReason.OVER_BUDGET ? refused.why() : "";
    return published(next);
  }

  private Transition restored(WarmingState state, Restored restored) {
    var next = new WarmingStateBuilder(state).unschedule();
    next.activity = Activity.IDLE;
    next.cacheProfile = restored.cacheProfile();
    var due = state.nextWarmAt();
    boolean isPaused =
        state.pauseReason() != PauseReason.NONE && state.pauseReason() != PauseReason.NOT_PINGED;
    if (state.enabled() && !isPaused) {
      next.pauseReason = PauseReason.NONE;
      if (due != null && due.isAfter(now)) {
        next.schedule(due, state.why());
      } else {
        restoreLate(next, restored.jitter());
      }
    }
    return new Transition(next.state(), ProviderAction.NOTHING, false);
  }

  /// Warms soon, spread over time, unless the entry has expired.
  private void restoreLate(WarmingStateBuilder next, double jitter) {
    if (next.touchedAt == null) {
      schedule(next);
      return;
    }
    var left =
        Duration.between(now, next.touchedAt.plus(next.cacheProfile.timeToLive())).minus(MARGIN);
    if (left.isPositive()) {
      var spread = shorter(left, MAX_SPREAD).toMillis();
      next.schedule(now.plusMillis(1 + (long) (spread * Math.clamp(jitter, 0, 1))), next.why);
    } else {
      next.pause(PauseReason.COLD, "");
    }
  }

  /// A clock that was set back was wrong before, so all times move with it. After a jump forwards,
  /// for example a suspended machine, time has really passed for the provider, and the timer may
  /// fire at once.
  private Transition clockJumped(WarmingState state, ClockJumped jumped) {
    var due = state.nextWarmAt();
    if (!jumped.by().isNegative()) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state);
    if (state.touchedAt() != null) {
      next.touchedAt = state.touchedAt().plus(jumped.by());
    }
    if (state.idle() != null) {
      next.idle = state.idle().moved(jumped.by());
    }
    if (due != null) {
      var moved = due.plus(jumped.by());
      next.schedule(moved.isAfter(now) ? moved : now.plusMillis(1), state.why());
    }
    return new Transition(next.state(), ProviderAction.NOTHING, due != null);
  }

  private static boolean isLate(WarmingState state, long number) {
    return number != state.number() || state.activity() != Activity.WARMING;
  }

  private static ProviderAction cancelIfWarming(WarmingState state) {
    return state.activity() == Activity.WARMING ? ProviderAction.CANCEL : ProviderAction.NOTHING;
  }

  private static Transition published(WarmingStateBuilder next) {
    return new Transition(next.state(), ProviderAction.NOTHING, true);
  }

  private static Transition ignored(WarmingState state) {
    return new Transition(state, ProviderAction.NOTHING, false);
  }
}
