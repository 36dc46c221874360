package io.stoker.prompts;

import io.stoker.prompts.Warming.Activity;
import io.stoker.prompts.Warming.LastWarm;
import io.stoker.prompts.Warming.Rest;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
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
/// | interval | a timer that is set is set anew, from now |
/// | timer rang | a warm, unless it is too late for one |
/// | warm asked | a warm, in the place of the timer |
/// | warm done | the timer is set |
/// | warm failed | the timer is set for a retry while the entry lives, else for the next interval; no timer if the provider refuses or ten failed in a row |
/// | warm refused | no timer until the next turn |
/// | restored | the timer is set as it was; at once and spread if its time has passed and the entry lives; no timer if it does not, or if there was none for a reason |
///
/// An interval counts from the end of what came before, as those who set it expect. An entry's time
/// to live counts from the start of the request that used it last.
final class PromptSchedule {

  /// How many warms may fail in a row.
  static final int MOST_FAILURES = 10;

  /// The wait after the first failure; it doubles with each further one.
  static final Duration FIRST_BACKOFF = Duration.ofSeconds(5);

  /// The longest wait that backoff makes by itself.
  static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);

  /// How long before its end an entry counts as gone: a request takes time to get there.
  static final Duration MARGIN = Duration.ofSeconds(2);

  /// How late a timer may ring without being asked why.
  static final Duration SLACK = Duration.ofSeconds(1);

  /// Over how long restored conversations whose time has passed are spread, at most.
  static final Duration LONGEST_SPREAD = Duration.ofSeconds(30);

  private PromptSchedule() {}

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

  static Step after(Warming state, WarmingEvent event, Instant now) {
    return switch (event) {
      case TurnStarted started -> turnStarted(state, started, now);
      case TurnSettled settled -> turnSettled(state, settled, now);
      case SetEnabled wish -> enabled(state, wish, now);
      case SetInterval wish -> interval(state, wish, now);
      case Closed _ -> off(state);
      case TimerRang rang -> timerRang(state, rang, now);
      case WarmAsked asked -> warmAsked(state, asked);
      case WarmDone done -> warmDone(state, done, now);
      case WarmFailed failed -> warmFailed(state, failed, now);
      case WarmRefused refused -> warmRefused(state, refused);
      case Restored restored -> restored(state, restored, now);
      case ClockJumped jumped -> clockJumped(state, jumped, now);
    };
  }

  private static Step turnStarted(Warming state, TurnStarted started, Instant now) {
    var next = new Draft(state).unset();
    next.activity = Activity.GENERATING;
    next.terms = started.terms();
    next.touchedAt = now;
    next.rest = Rest.NONE;
    next.failures = 0;
    next.trouble = "";
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private static Step turnSettled(Warming state, TurnSettled settled, Instant now) {
    if (state.activity() != Activity.GENERATING) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.touchedAt = settled.touchedAt();
    if (state.enabled()) {
      next.set(now.plus(state.interval()));
    }
    return told(next);
  }

  private static Step enabled(Warming state, SetEnabled wish, Instant now) {
    boolean on = wish.on() == null ? !state.enabled() : wish.on();
    if (!on) {
      return off(state);
    }
    var next = new Draft(state);
    next.enabled = true;
    if (state.activity() == Activity.IDLE && state.nextWarmAt() == null) {
      next.failures = 0;
      next.trouble = "";
      next.set(now.plus(state.interval()));
    }
    return told(next);
  }

  private static Step off(Warming state) {
    var next = new Draft(state).unset();
    next.enabled = false;
    next.rest = Rest.NONE;
    if (state.activity() == Activity.WARMING) {
      next.activity = Activity.IDLE;
    }
    return new Step(next.state(), cancelIfWarming(state), true);
  }

  private static Step interval(Warming state, SetInterval wish, Instant now) {
    var next = new Draft(state);
    next.interval = wish.interval();
    if (state.nextWarmAt() != null) {
      next.set(now.plus(wish.interval()));
    }
    return told(next);
  }

  private static Step timerRang(Warming state, TimerRang rang, Instant now) {
    if (rang.number() != state.number() || state.nextWarmAt() == null) {
      return ignored(state);
    }
    var next = new Draft(state).unset();
    if (isTooLate(state, state.nextWarmAt(), now)) {
      next.rest = Rest.COLD;
      return told(next);
    }
    next.activity = Activity.WARMING;
    return new Step(next.state(), Ask.WARM, false);
  }

  /// Whether the entry was to be refreshed in time, and it is too late for that now. An interval
  /// beyond the time to live is never in time, and meant so.
  private static boolean isTooLate(Warming state, Instant due, Instant now) {
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

  private static Step warmDone(Warming state, WarmDone done, Instant now) {
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
    if (state.enabled()) {
      next.set(now.plus(state.interval()));
    }
    return told(next);
  }

  private static Step warmFailed(Warming state, WarmFailed failed, Instant now) {
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
      next.rest = Rest.REFUSED;
    } else if (next.failures >= MOST_FAILURES) {
      next.rest = Rest.GAVE_UP;
    } else {
      next.set(now.plus(wait(state, failed, now)));
    }
    return told(next);
  }

  /// Soon, if the entry still lives then, else as long as always; never sooner than the provider
  /// wants.
  private static Duration wait(Warming state, WarmFailed failed, Instant now) {
    var soon = jittered(backoff(state.failures()), failed.luck());
    if (failed.retryAfter() != null && failed.retryAfter().compareTo(soon) > 0) {
      soon = min(failed.retryAfter(), Warming.LONGEST_INTERVAL);
    }
    var then = now.plus(soon).plus(MARGIN);
    boolean inTime = state.coldAt().filter(then::isBefore).isPresent();
    return inTime || soon.compareTo(state.interval()) > 0 ? soon : state.interval();
  }

  private static Duration backoff(int failuresBefore) {
    var doubled = FIRST_BACKOFF.multipliedBy(1L << Math.min(failuresBefore, 16));
    return min(doubled, LONGEST_BACKOFF);
  }

  /// Up to a quarter longer.
  private static Duration jittered(Duration length, double luck) {
    return length.plusMillis((long) (length.toMillis() * 0.25 * Math.clamp(luck, 0, 1)));
  }

  private static Step warmRefused(Warming state, WarmRefused refused) {
    if (isLate(state, refused.number())) {
      return ignored(state);
    }
    var next = new Draft(state);
    next.activity = Activity.IDLE;
    next.trouble = refused.why();
    next.rest = state.enabled() ? refused.rest() : Rest.NONE;
    return told(next);
  }

  private static Step restored(Warming state, Restored restored, Instant now) {
    var next = new Draft(state).unset();
    next.activity = Activity.IDLE;
    next.terms = restored.terms();
    var due = state.nextWarmAt();
    boolean rests = state.rest() != Rest.NONE && state.rest() != Rest.NOT_PINGED;
    if (state.enabled() && !rests) {
      next.rest = Rest.NONE;
      if (due != null && due.isAfter(now)) {
        next.set(due);
      } else {
        restoreLate(next, restored.luck(), now);
      }
    }
    return new Step(next.state(), Ask.NOTHING, false);
  }

  /// At once, but not all at the same moment; never when the entry is gone.
  private static void restoreLate(Draft next, double luck, Instant now) {
    if (next.touchedAt == null) {
      next.set(now.plus(next.interval));
      return;
    }
    var left = Duration.between(now, next.touchedAt.plus(next.terms.timeToLive())).minus(MARGIN);
    if (left.isPositive()) {
      var spread = min(left, LONGEST_SPREAD).toMillis();
      next.set(now.plusMillis(1 + (long) (spread * Math.clamp(luck, 0, 1))));
    } else {
      next.rest = Rest.COLD;
    }
  }

  /// Backwards, all times move along, for they were measured by a clock that was wrong. Forwards,
  /// the machine may have slept, and time has passed for the provider: the timer may ring at once.
  private static Step clockJumped(Warming state, ClockJumped jumped, Instant now) {
    var due = state.nextWarmAt();
    if (!jumped.by().isNegative()) {
      return ignored(state);
    }
    var next = new Draft(state);
    if (state.touchedAt() != null) {
      next.touchedAt = state.touchedAt().plus(jumped.by());
    }
    if (due != null) {
      var moved = due.plus(jumped.by());
      next.set(moved.isAfter(now) ? moved : now.plusMillis(1));
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
