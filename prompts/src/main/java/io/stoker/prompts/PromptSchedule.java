package io.stoker.prompts;

import static io.stoker.DurationRules.shorter;

import io.stoker.prompts.Advice.Advisor;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.PolicyInputChanged;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.SetMode;
import io.stoker.prompts.WarmingEvent.SetWarming;
import io.stoker.prompts.WarmingEvent.TimerRang;
import io.stoker.prompts.WarmingEvent.TurnSettled;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.WarmingEvent.WarmFailed;
import io.stoker.prompts.WarmingEvent.WarmRefused;
import io.stoker.prompts.WarmingEvent.WarmRequested;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.RestReason;
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
  static final int MOST_FAILURES = 10;

  /// How long before its end an entry counts as gone: a request takes time to get there.
  static final Duration MARGIN = Duration.ofSeconds(2);

  /// How late a timer may ring without being asked why.
  static final Duration SLACK = Duration.ofSeconds(1);

  /// Over how long restored conversations whose time has passed are spread, at most.
  static final Duration LONGEST_SPREAD = Duration.ofSeconds(30);

  private final Instant now;
  private final Advisor advisor;

  private PromptSchedule(Instant now, Advisor advisor) {
    this.now = now;
    this.advisor = advisor;
  }

  /// What to do when something has happened.
  ///
  /// @param state the state from now on
  /// @param ask what to ask of the provider
  /// @param isPublished whether others are told of the state
  record Step(WarmingState state, Ask ask, boolean isPublished) {}

  /// What to ask of a provider.
  enum Ask {
    /// Nothing.
    NOTHING,
    /// A warm, with the state's number.
    WARM,
    /// To stop the warm in flight.
    CANCEL
  }

  static Step after(WarmingState state, WarmingEvent event, Instant now, Advisor advisor) {
    return new PromptSchedule(now, advisor).after(state, event);
  }

  private Step after(WarmingState state, WarmingEvent event) {
    return switch (event) {
      case TurnStarted started -> turnStarted(state, started);
      case TurnSettled settled -> turnSettled(state, settled);
      case SetEnabled wish -> enabled(state, wish);
      case SetInterval wish -> interval(state, wish);
      case SetMode wish -> mode(state, wish);
      case SetWarming wish -> all(state, wish);
      case PolicyInputChanged _ -> published(again(new Draft(state)));
      case Hinted hint -> hinted(state, hint);
      case Closed _ -> closed(state);
      case TimerRang rang -> timerRang(state, rang);
      case WarmRequested request -> warmRequested(state, request);
      case WarmDone done -> warmDone(state, done);
      case WarmFailed failed -> warmFailed(state, failed);
      case WarmRefused refused -> warmRefused(state, refused);
      case Restored restored -> restored(state, restored);
      case ClockJumped jumped -> clockJumped(state, jumped);
    };
  }

  private Step turnStarted(WarmingState state, TurnStarted started) {
    var next = new Draft(state).unset();
    next.activity = Activity.GENERATING;
    next.terms = started.terms();
    next.touchedAt = now;
    next.rest(RestReason.NONE, "");
    next.failures = 0;
    next.trouble = "";
    if (next.idle != null) {
      next.idle = next.idle.settledNow();
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private Step turnSettled(WarmingState state, TurnSettled settled) {
    if (state.activity() != Activity.GENERATING) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.touchedAt = settled.touchedAt();
    var outcome = settled.outcome();
    if (outcome != null && settled.touchedAt() != null) {
      next.idle = Idle.since(settled.touchedAt(), outcome);
    }
    if (state.enabled()) {
      schedule(next);
    }
    return published(next);
  }

  private Step enabled(WarmingState state, SetEnabled wish) {
    boolean on = wish.on() == null ? !state.enabled() : wish.on();
    if (!on) {
      return off(state);
    }
    var next = new Draft(state);
    next.enabled = true;
    if (state.activity() == Activity.IDLE && state.nextWarmAt() == null) {
      next.failures = 0;
      next.trouble = "";
      schedule(next);
    }
    return published(next);
  }

  private static Step closed(WarmingState state) {
    var next = new Draft(off(state).state());
    if (next.idle != null) {
      next.idle = next.idle.settledNow();
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private static Step off(WarmingState state) {
    var next = new Draft(state).unset();
    next.enabled = false;
    next.rest(RestReason.NONE, "");
    if (state.activity() == Activity.WARMING) {
      next.activity = Activity.IDLE;
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private Step interval(WarmingState state, SetInterval wish) {
    var next = new Draft(state);
    next.interval = wish.interval();
    if (state.nextWarmAt() != null) {
      schedule(next);
    }
    return published(next);
  }

  private Step mode(WarmingState state, SetMode wish) {
    var next = new Draft(state);
    next.mode = wish.mode();
    if (state.activity() == Activity.IDLE) {
      next.unset();
    }
    if (state.restReason() == RestReason.WROTE || state.restReason() == RestReason.COLD) {
      next.rest(RestReason.NONE, "");
    }
    return published(again(next));
  }

  private Step all(WarmingState state, SetWarming wish) {
    var step = ignored(state);
    for (var part : wish.parts()) {
      step = after(step.state(), part);
    }
    return step;
  }

  private Step hinted(WarmingState state, Hinted hint) {
    var next = new Draft(state);
    if (next.idle != null) {
      next.idle = next.idle.hinted(hint.stop(), hint.focused());
    }
    return published(again(next));
  }

  /// Asks the policy again where it has been asked: not where a warm is due by interval, which
  /// stays due, nor where the provider wants none.
  private Draft again(Draft next) {
    boolean hasAsked =
        switch (next.restReason) {
          case NONE, NOT_WORTH_IT, TOO_SHORT, OVER_BUDGET, SWITCHED_OFF -> true;
          case NOTHING_SAID, COLD, REFUSED, GAVE_UP, NOT_PINGED, WROTE -> false;
        };
    if (next.enabled && next.activity == Activity.IDLE && hasAsked) {
      var advice = advice(next);
      if (!(advice instanceof Advice.ByInterval && next.isSet())) {
        follow(next, advice);
      }
    }
    return next;
  }

  /// Sets the timer as the policy wants it.
  private void schedule(Draft next) {
    follow(next, advice(next));
  }

  private Advice advice(Draft next) {
    return next.terms.isPinged()
        ? advisor.advise(next.state(), now)
        : new Advice.Not(RestReason.NOT_PINGED, "");
  }

  private void follow(Draft next, Advice advice) {
    switch (advice) {
      case Advice.ByInterval _ -> next.set(now.plus(next.interval), "");
      case Advice.At(var when, var why) ->
          next.set(when.isAfter(now) ? when : now.plusMillis(1), why);
      case Advice.Not(var rest, var why) -> next.rest(rest, why);
    }
  }

  private Step timerRang(WarmingState state, TimerRang rang) {
    if (rang.number() != state.number()) {
      return ignored(state);
    }
    if (state.nextWarmAt() == null) {
      return stayedAway(state);
    }
    var next = new Draft(state).unset();
    if (isTooLate(state, state.nextWarmAt())) {
      next.rest(RestReason.COLD, "");
      return published(next);
    }
    if (advisor.advise(next.state(), now) instanceof Advice.Not(var rest, var why)) {
      next.rest(rest, why);
      return published(next);
    }
    next.activity = Activity.WARMING;
    return new Step(next.state(), Ask.WARM, false);
  }

  private static Step stayedAway(WarmingState state) {
    var idle = state.idle();
    if (idle == null || idle.settled() || state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.idle = idle.settledNow();
    return published(next);
  }

  /// Whether the entry was to be refreshed in time, and it is too late for that now. An interval
  /// beyond the time to live is never in time, and meant so.
  private boolean isTooLate(WarmingState state, Instant due) {
    return now.isAfter(due.plus(SLACK))
        && state.coldAt().filter(cold -> !due.isAfter(cold) && now.isAfter(cold)).isPresent();
  }

  private static Step warmRequested(WarmingState state, WarmRequested request) {
    if (state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new Draft(state).unset();
    next.activity = Activity.WARMING;
    next.terms = request.terms();
    return new Step(next.state(), Ask.WARM, false);
  }

  private Step warmDone(WarmingState state, WarmDone done) {
    if (isLate(state, done.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.touchedAt = done.startedAt();
    next.failures = 0;
    next.trouble = "";
    next.restReason = RestReason.NONE;
    next.lastWarm = LastWarm.of(done.usage(), now);
    if (next.idle != null) {
      next.idle = next.idle.pinged(done.cost(), done.usage());
    }
    if (state.enabled()) {
      schedule(next);
    }
    return published(next);
  }

  private Step warmFailed(WarmingState state, WarmFailed failed) {
    if (isLate(state, failed.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.failures = state.failures() + 1;
    next.trouble = failed.trouble();
    if (!state.enabled()) {
      next.restReason = RestReason.NONE;
    } else if (failed.isFinal()) {
      next.rest(RestReason.REFUSED, "");
    } else if (next.failures >= MOST_FAILURES) {
      next.rest(RestReason.GAVE_UP, "");
    } else {
      retry(next, state, failed);
    }
    return published(next);
  }

  /// By interval in time, or as the policy wants; not at all if the policy's time is over then.
  private void retry(Draft next, WarmingState state, WarmFailed failed) {
    switch (advisor.advise(next.state(), now)) {
      case Advice.ByInterval _ ->
          next.set(now.plus(RetryDelayRules.byInterval(state, failed, now)), "");
      case Advice.At(_, var why) -> {
        var again = now.plus(RetryDelayRules.soon(state, failed));
        if (state.coldAt().filter(again.plus(MARGIN)::isBefore).isPresent()) {
          next.set(again, why);
        } else {
          next.rest(RestReason.COLD, "");
        }
      }
      case Advice.Not(var rest, var why) -> next.rest(rest, why);
    }
  }

  private static Step warmRefused(WarmingState state, WarmRefused refused) {
    if (isLate(state, refused.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.trouble = refused.restReason() == RestReason.OVER_BUDGET ? state.trouble() : refused.why();
    next.restReason = state.enabled() ? refused.restReason() : RestReason.NONE;
    next.why = refused.restReason() == RestReason.OVER_BUDGET ? refused.why() : "";
    return published(next);
  }

  private Step restored(WarmingState state, Restored restored) {
    var next = new Draft(state).unset();
    next.activity = Activity.IDLE;
    next.terms = restored.terms();
    var due = state.nextWarmAt();
    boolean rests =
        state.restReason() != RestReason.NONE && state.restReason() != RestReason.NOT_PINGED;
    if (state.enabled() && !rests) {
      next.restReason = RestReason.NONE;
      if (due != null && due.isAfter(now)) {
        next.set(due, state.why());
      } else {
        restoreLate(next, restored.luck());
      }
    }
    return new Step(next.state(), Ask.NOTHING, false);
  }

  /// At once, but not all at the same moment; never when the entry is gone.
  private void restoreLate(Draft next, double luck) {
    if (next.touchedAt == null) {
      schedule(next);
      return;
    }
    var left = Duration.between(now, next.touchedAt.plus(next.terms.timeToLive())).minus(MARGIN);
    if (left.isPositive()) {
      var spread = shorter(left, LONGEST_SPREAD).toMillis();
      next.set(now.plusMillis(1 + (long) (spread * Math.clamp(luck, 0, 1))), next.why);
    } else {
      next.rest(RestReason.COLD, "");
    }
  }

  /// Backwards, all times move along, for they were measured by a clock that was wrong. Forwards,
  /// the machine may have slept, and time has passed for the provider: the timer may ring at once.
  private Step clockJumped(WarmingState state, ClockJumped jumped) {
    var due = state.nextWarmAt();
    if (!jumped.by().isNegative()) {
      return ignored(state);
    }
    var next = new Draft(state);
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
    return new Step(next.state(), Ask.NOTHING, due != null);
  }

  private static boolean isLate(WarmingState state, long number) {
    return number != state.number() || state.activity() != Activity.WARMING;
  }

  private static Ask cancelIfWarming(WarmingState state) {
    return state.activity() == Activity.WARMING ? Ask.CANCEL : Ask.NOTHING;
  }

  private static Step published(Draft next) {
    return new Step(next.state(), Ask.NOTHING, true);
  }

  private static Step ignored(WarmingState state) {
    return new Step(state, Ask.NOTHING, false);
  }
}
