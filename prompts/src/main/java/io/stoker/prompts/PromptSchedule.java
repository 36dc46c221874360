package io.stoker.prompts;

import io.stoker.prompts.Advice.Advisor;
import io.stoker.prompts.Warming.Activity;
import io.stoker.prompts.Warming.LastWarm;
import io.stoker.prompts.Warming.Rest;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.LookAgain;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.SetMode;
import io.stoker.prompts.WarmingEvent.SetWarming;
import io.stoker.prompts.WarmingEvent.TimerRang;
import io.stoker.prompts.WarmingEvent.TurnSettled;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmAsked;
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.WarmingEvent.WarmFailed;
import io.stoker.prompts.WarmingEvent.WarmRefused;
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
  /// @param told whether others are told of the state
  record Step(Warming state, Ask ask, boolean told) {}

  /// What to ask of a provider.
  enum Ask {
    /// Nothing.
    NOTHING,
    /// A warm, with the state's number.
    WARM,
    /// To stop the warm in flight.
    CANCEL
  }

  static Step after(Warming state, WarmingEvent event, Instant now, Advisor advisor) {
    return new PromptSchedule(now, advisor).after(state, event);
  }

  private Step after(Warming state, WarmingEvent event) {
    return switch (event) {
      case TurnStarted started -> turnStarted(state, started);
      case TurnSettled settled -> turnSettled(state, settled);
      case SetEnabled wish -> enabled(state, wish);
      case SetInterval wish -> interval(state, wish);
      case SetMode wish -> mode(state, wish);
      case SetWarming wish -> all(state, wish);
      case LookAgain _ -> told(again(new Draft(state)));
      case Hinted hint -> hinted(state, hint);
      case Closed _ -> closed(state);
      case TimerRang rang -> timerRang(state, rang);
      case WarmAsked asked -> warmAsked(state, asked);
      case WarmDone done -> warmDone(state, done);
      case WarmFailed failed -> warmFailed(state, failed);
      case WarmRefused refused -> warmRefused(state, refused);
      case Restored restored -> restored(state, restored);
      case ClockJumped jumped -> clockJumped(state, jumped);
    };
  }

  private Step turnStarted(Warming state, TurnStarted started) {
    var next = new Draft(state).unset();
    next.activity = Activity.GENERATING;
    next.terms = started.terms();
    next.touchedAt = now;
    next.rest(Rest.NONE, "");
    next.failures = 0;
    next.trouble = "";
    if (next.idle != null) {
      next.idle = next.idle.settledNow();
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private Step turnSettled(Warming state, TurnSettled settled) {
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
    return told(next);
  }

  private Step enabled(Warming state, SetEnabled wish) {
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
    return told(next);
  }

  private static Step closed(Warming state) {
    var next = new Draft(off(state).state());
    if (next.idle != null) {
      next.idle = next.idle.settledNow();
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private static Step off(Warming state) {
    var next = new Draft(state).unset();
    next.enabled = false;
    next.rest(Rest.NONE, "");
    if (state.activity() == Activity.WARMING) {
      next.activity = Activity.IDLE;
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private Step interval(Warming state, SetInterval wish) {
    var next = new Draft(state);
    next.interval = wish.interval();
    if (state.nextWarmAt() != null) {
      schedule(next);
    }
    return told(next);
  }

  private Step mode(Warming state, SetMode wish) {
    var next = new Draft(state);
    next.mode = wish.mode();
    if (state.activity() == Activity.IDLE) {
      next.unset();
    }
    if (state.rest() == Rest.WROTE || state.rest() == Rest.COLD) {
      next.rest(Rest.NONE, "");
    }
    return told(again(next));
  }

  private Step all(Warming state, SetWarming wish) {
    var step = ignored(state);
    for (var part : wish.parts()) {
      step = after(step.state(), part);
    }
    return step;
  }

  private Step hinted(Warming state, Hinted hint) {
    var next = new Draft(state);
    if (next.idle != null) {
      next.idle = next.idle.hinted(hint.stop(), hint.focused());
    }
    return told(again(next));
  }

  /// Asks the policy again where it has been asked: not where a warm is due by interval, which
  /// stays due, nor where the provider wants none.
  private Draft again(Draft next) {
    boolean asked =
        switch (next.rest) {
          case NONE, NOT_WORTH_IT, TOO_SHORT, OVER_BUDGET, SWITCHED_OFF -> true;
          case NOTHING_SAID, COLD, REFUSED, GAVE_UP, NOT_PINGED, WROTE -> false;
        };
    if (next.enabled && next.activity == Activity.IDLE && asked) {
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
        : new Advice.Not(Rest.NOT_PINGED, "");
  }

  private void follow(Draft next, Advice advice) {
    switch (advice) {
      case Advice.ByInterval _ -> next.set(now.plus(next.interval), "");
      case Advice.At(var when, var why) ->
          next.set(when.isAfter(now) ? when : now.plusMillis(1), why);
      case Advice.Not(var rest, var why) -> next.rest(rest, why);
    }
  }

  private Step timerRang(Warming state, TimerRang rang) {
    if (rang.number() != state.number()) {
      return ignored(state);
    }
    if (state.nextWarmAt() == null) {
      return stayedAway(state);
    }
    var next = new Draft(state).unset();
    if (isTooLate(state, state.nextWarmAt())) {
      next.rest(Rest.COLD, "");
      return told(next);
    }
    if (advisor.advise(next.state(), now) instanceof Advice.Not(var rest, var why)) {
      next.rest(rest, why);
      return told(next);
    }
    next.activity = Activity.WARMING;
    return new Step(next.state(), Ask.WARM, false);
  }

  private static Step stayedAway(Warming state) {
    var idle = state.idle();
    if (idle == null || idle.settled() || state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.idle = idle.settledNow();
    return told(next);
  }

  /// Whether the entry was to be refreshed in time, and it is too late for that now. An interval
  /// beyond the time to live is never in time, and meant so.
  private boolean isTooLate(Warming state, Instant due) {
    return now.isAfter(due.plus(SLACK))
        && state.coldAt().filter(cold -> !due.isAfter(cold) && now.isAfter(cold)).isPresent();
  }

  private static Step warmAsked(Warming state, WarmAsked asked) {
    if (state.activity() != Activity.IDLE) {
      return ignored(state);
    }
    var next = new Draft(state).unset();
    next.activity = Activity.WARMING;
    next.terms = asked.terms();
    return new Step(next.state(), Ask.WARM, false);
  }

  private Step warmDone(Warming state, WarmDone done) {
    if (isLate(state, done.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.touchedAt = done.startedAt();
    next.failures = 0;
    next.trouble = "";
    next.rest = Rest.NONE;
    next.lastWarm = LastWarm.of(done.usage(), now);
    if (next.idle != null) {
      next.idle = next.idle.pinged(done.cost(), done.usage());
    }
    if (state.enabled()) {
      schedule(next);
    }
    return told(next);
  }

  private Step warmFailed(Warming state, WarmFailed failed) {
    if (isLate(state, failed.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.failures = state.failures() + 1;
    next.trouble = failed.trouble();
    if (!state.enabled()) {
      next.rest = Rest.NONE;
    } else if (failed.isFinal()) {
      next.rest(Rest.REFUSED, "");
    } else if (next.failures >= MOST_FAILURES) {
      next.rest(Rest.GAVE_UP, "");
    } else {
      retry(next, state, failed);
    }
    return told(next);
  }

  /// By interval in time, or as the policy wants; not at all if the policy's time is over then.
  private void retry(Draft next, Warming state, WarmFailed failed) {
    switch (advisor.advise(next.state(), now)) {
      case Advice.ByInterval _ -> next.set(now.plus(RetryDelayRules.byInterval(state, failed, now)), "");
      case Advice.At(_, var why) -> {
        var again = now.plus(RetryDelayRules.soon(state, failed));
        if (state.coldAt().filter(again.plus(MARGIN)::isBefore).isPresent()) {
          next.set(again, why);
        } else {
          next.rest(Rest.COLD, "");
        }
      }
      case Advice.Not(var rest, var why) -> next.rest(rest, why);
    }
  }

  private static Step warmRefused(Warming state, WarmRefused refused) {
    if (isLate(state, refused.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.trouble = refused.rest() == Rest.OVER_BUDGET ? state.trouble() : refused.why();
    next.rest = state.enabled() ? refused.rest() : Rest.NONE;
    next.why = refused.rest() == Rest.OVER_BUDGET ? refused.why() : "";
    return told(next);
  }

  private Step restored(Warming state, Restored restored) {
    var next = new Draft(state).unset();
    next.activity = Activity.IDLE;
    next.terms = restored.terms();
    var due = state.nextWarmAt();
    boolean rests = state.rest() != Rest.NONE && state.rest() != Rest.NOT_PINGED;
    if (state.enabled() && !rests) {
      next.rest = Rest.NONE;
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
      var spread = min(left, LONGEST_SPREAD).toMillis();
      next.set(now.plusMillis(1 + (long) (spread * Math.clamp(luck, 0, 1))), next.why);
    } else {
      next.rest(Rest.COLD, "");
    }
  }

  /// Backwards, all times move along, for they were measured by a clock that was wrong. Forwards,
  /// the machine may have slept, and time has passed for the provider: the timer may ring at once.
  private Step clockJumped(Warming state, ClockJumped jumped) {
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

  private static boolean isLate(Warming state, long number) {
    return number != state.number() || state.activity() != Activity.WARMING;
  }

  private static Ask cancelIfWarming(Warming state) {
    return state.activity() == Activity.WARMING ? Ask.CANCEL : Ask.NOTHING;
  }

  private static Step told(Draft next) {
    return new Step(next.state(), Ask.NOTHING, true);
  }

  private static Step ignored(Warming state) {
    return new Step(state, Ask.NOTHING, false);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
