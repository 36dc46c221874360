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

/// All rules of when a conversation is warmed.
///
/// | event | what comes of it |
/// |---|---|
/// | turn started | no timer, and a warm in flight is broken off |
/// | turn settled | idle; the timer is set if warming is wanted |
/// | enabled | the timer is set, unless one is or something is going on |
/// | disabled, closed | no timer, and a warm in flight is broken off |
/// | interval, mode, hint | a timer that is set is set anew; a policy that wanted none is asked again |
/// | timer rang | a warm, unless it is too late for one or the policy wants none any more |
/// | timer rang without a warm being due | the user counts as one who does not come back |
/// | warm asked | a warm, in the place of the timer |
/// | warm done | the timer is set |
/// | warm failed | the timer is set for a retry while the entry lives, else for the next interval; no timer if the provider refuses or ten failed in a row |
/// | warm refused | no timer until the next turn |
/// | restored | the timer is set as it was; at once and spread if its time has passed and the entry lives; no timer if it does not, or if there was none for a reason |
///
/// Whenever the timer is to be set, the policy is asked: it wants it set by interval, at a time of
/// its own, or not at all. An interval counts from the end of what came before, as those who set it
/// expect. An entry's time to live, and what a policy wants, count from the start of the request
/// that used the entry last.
final class PromptSchedule {

  /// How many warms may fail in a row.
  static final int MAX_FAILURES = 10;

  /// How long before its end an entry counts as gone: a request takes time to get there.
  static final Duration MARGIN = Duration.ofSeconds(2);

  /// How late a timer may ring without being asked why.
  static final Duration SLACK = Duration.ofSeconds(1);

  /// Over how long restored conversations whose time has passed are spread, at most.
  static final Duration MAX_SPREAD = Duration.ofSeconds(30);

  private final Instant now;
  private final Decider decider;

  private PromptSchedule(Instant now, Decider decider) {
    this.now = now;
    this.decider = decider;
  }

  /// What to do when something has happened.
  ///
  /// @param state the state from now on
  /// @param action what to ask of the provider
  /// @param isPublished whether others are told of the state
  record Transition(WarmingState state, ProviderAction action, boolean isPublished) {}

  /// What to ask of a provider.
  enum ProviderAction {
    /// Nothing.
    NOTHING,
    /// A warm, with the state's number.
    WARM,
    /// To stop the warm in flight.
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
      case SetWarming change -> all(state, change);
      case PolicyInputChanged _ -> published(again(new WarmingStateBuilder(state)));
      case Hinted hint -> hinted(state, hint);
      case Closed _ -> closed(state);
      case TimerFired fired -> timerRang(state, fired);
      case WarmRequested request -> warmRequested(state, request);
      case WarmDone done -> warmDone(state, done);
      case WarmFailed failed -> warmFailed(state, failed);
      case WarmRefused refused -> warmRefused(state, refused);
      case Restored restored -> restored(state, restored);
      case ClockJumped jumped -> clockJumped(state, jumped);
    };
  }

  private Transition turnStarted(WarmingState state, TurnStarted started) {
    var next = new WarmingStateBuilder(state).unset();
    next.activity = Activity.GENERATING;
    next.cacheProfile = started.cacheProfile();
    next.touchedAt = now;
    next.rest(PauseReason.NONE, "");
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
      return off(state);
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
    var next = new WarmingStateBuilder(off(state).state());
    if (next.idle != null) {
      next.idle = next.idle.asResolved();
    }
    return new Transition(next.state(), cancelIfWarming(state), true);
  }

  private static Transition off(WarmingState state) {
    var next = new WarmingStateBuilder(state).unset();
    next.enabled = false;
    next.rest(PauseReason.NONE, "");
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
      next.unset();
    }
    if (state.pauseReason() == PauseReason.WROTE || state.pauseReason() == PauseReason.COLD) {
      next.rest(PauseReason.NONE, "");
    }
    return published(again(next));
  }

  private Transition all(WarmingState state, SetWarming change) {
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
    return published(again(next));
  }

  /// Asks the policy again where it has been asked: not where a warm is due by interval, which
  /// stays due, nor where the provider wants none.
  private WarmingStateBuilder again(WarmingStateBuilder next) {
    boolean hasAsked =
        switch (next.pauseReason) {
          case NONE, NOT_WORTH_IT, TOO_SHORT, OVER_BUDGET, SWITCHED_OFF -> true;
          case NOTHING_SAID, COLD, REFUSED, GAVE_UP, NOT_PINGED, WROTE -> false;
        };
    if (next.enabled && next.activity == Activity.IDLE && hasAsked) {
      var decision = decision(next);
      if (!(decision instanceof WarmDecision.ByInterval && next.isSet())) {
        follow(next, decision);
      }
    }
    return next;
  }

  /// Sets the timer as the policy wants it.
  private void schedule(WarmingStateBuilder next) {
    follow(next, decision(next));
  }

  private WarmDecision decision(WarmingStateBuilder next) {
    return next.cacheProfile.isWarmable()
        ? decider.decide(next.state(), now)
        : new WarmDecision.Not(PauseReason.NOT_PINGED, "");
  }

  private void follow(WarmingStateBuilder next, WarmDecision decision) {
    switch (decision) {
      case WarmDecision.ByInterval _ -> next.set(now.plus(next.interval), "");
      case WarmDecision.At(var when, var why) ->
          next.set(when.isAfter(now) ? when : now.plusMillis(1), why);
      case WarmDecision.Not(var rest, var why) -> next.rest(rest, why);
    }
  }

  private Transition timerRang(WarmingState state, TimerFired fired) {
    if (fired.number() != state.number()) {
      return ignored(state);
    }
    if (state.nextWarmAt() == null) {
      return userStayedAway(state);
    }
    var next = new WarmingStateBuilder(state).unset();
    if (isTooLate(state, state.nextWarmAt())) {
      next.rest(PauseReason.COLD, "");
      return published(next);
    }
    if (decider.decide(next.state(), now) instanceof WarmDecision.Not(var rest, var why)) {
      next.rest(rest, why);
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

  /// Whether the entry was to be refreshed in time, and it is too late for that now. An interval
  /// beyond the time to live is never in time, and meant so.
  private boolean isTooLate(WarmingState state, Instant due) {
    return now.isAfter(due.plus(SLACK))
        && state.coldAt().filter(cold -> !due.isAfter(cold) && now.isAfter(cold)).isPresent();
  }

  private static Transition warmRequested(WarmingState state, WarmRequested request) {
    if (state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new WarmingStateBuilder(state).unset();
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
      next.rest(PauseReason.REFUSED, "");
    } else if (next.failures >= MAX_FAILURES) {
      next.rest(PauseReason.GAVE_UP, "");
    } else {
      retry(next, state, failed);
    }
    return published(next);
  }

  /// By interval in time, or as the policy wants; not at all if the policy's time is over then.
  private void retry(WarmingStateBuilder next, WarmingState state, WarmFailed failed) {
    switch (decider.decide(next.state(), now)) {
      case WarmDecision.ByInterval _ ->
          next.set(now.plus(RetryDelayRules.byInterval(state, failed, now)), "");
      case WarmDecision.At(_, var why) -> {
        var again = now.plus(RetryDelayRules.soon(state, failed));
        if (state.coldAt().filter(again.plus(MARGIN)::isBefore).isPresent()) {
          next.set(again, why);
        } else {
          next.rest(PauseReason.COLD, "");
        }
      }
      case WarmDecision.Not(var rest, var why) -> next.rest(rest, why);
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
    var next = new WarmingStateBuilder(state).unset();
    next.activity = Activity.IDLE;
    next.cacheProfile = restored.cacheProfile();
    var due = state.nextWarmAt();
    boolean rests =
        state.pauseReason() != PauseReason.NONE && state.pauseReason() != PauseReason.NOT_PINGED;
    if (state.enabled() && !rests) {
      next.pauseReason = PauseReason.NONE;
      if (due != null && due.isAfter(now)) {
        next.set(due, state.why());
      } else {
        restoreLate(next, restored.jitter());
      }
    }
    return new Transition(next.state(), ProviderAction.NOTHING, false);
  }

  /// At once, but not all at the same moment; never when the entry is gone.
  private void restoreLate(WarmingStateBuilder next, double jitter) {
    if (next.touchedAt == null) {
      schedule(next);
      return;
    }
    var left =
        Duration.between(now, next.touchedAt.plus(next.cacheProfile.timeToLive())).minus(MARGIN);
    if (left.isPositive()) {
      var spread = shorter(left, MAX_SPREAD).toMillis();
      next.set(now.plusMillis(1 + (long) (spread * Math.clamp(jitter, 0, 1))), next.why);
    } else {
      next.rest(PauseReason.COLD, "");
    }
  }

  /// Backwards, all times move along, for they were measured by a clock that was wrong. Forwards,
  /// the machine may have slept, and time has passed for the provider: the timer may ring at once.
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
      next.set(moved.isAfter(now) ? moved : now.plusMillis(1), state.why());
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
