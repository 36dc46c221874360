package io.stoker.prompts;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.prompts.PromptSchedule.ProviderAction;
import io.stoker.prompts.PromptSchedule.Transition;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.PolicyInputChanged;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.SetMode;
import io.stoker.prompts.WarmingEvent.TimerFired;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.WarmingEvent.WarmFailed;
import io.stoker.prompts.WarmingEvent.WarmRefused;
import io.stoker.prompts.WarmingEvent.WarmRequested;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PromptScheduleTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final CacheProfile TERMS = CacheProfile.UNKNOWN; // five minutes
  private static final Usage WARM = new Usage(1_000, 1, 990L, 10L, 0);

  private Instant now = START;
  private WarmingState state = WarmingState.off(ofMinutes(4));
  private WarmDecision decision = new WarmDecision.ByInterval();

  private static TurnEnded resolved(@Nullable Instant touchedAt) {
    return new TurnEnded(
        touchedAt, new TurnOutcome(StopReason.END_OF_TURN, CacheTier.BRIEF, WARM, ofMillis(300)));
  }

  private Transition on(WarmingEvent event) {
    var transition = PromptSchedule.after(state, event, now, (_, _) -> decision);
    state = transition.state();
    return transition;
  }

  private void pass(Duration length) {
    now = now.plus(length);
  }

  private Transition ring() {
    return on(new TimerFired(state.number()));
  }

  private WarmFailed failure(boolean isFinal, @Nullable Duration retryAfter) {
    return new WarmFailed(state.number(), "no", isFinal, retryAfter, 0);
  }

  /// Enabled, after a turn that began three seconds ago.
  private void enabledAfterTurn() {
    on(new SetEnabled(true));
    on(new TurnStarted(TERMS));
    pass(ofSeconds(3));
    on(resolved(START));
  }

  @Test
  void enabling_sets_the_timer_an_interval_from_now() {
    var transition = on(new SetEnabled(true));

    assertThat(state.nextWarmAt()).isEqualTo(START.plusSeconds(240));
    assertThat(transition.isPublished()).isTrue();
    assertThat(transition.action()).isEqualTo(ProviderAction.NOTHING);
  }

  @Test
  void enabling_again_leaves_the_timer_as_it_is() {
    on(new SetEnabled(true));
    pass(ofMinutes(1));

    on(new SetEnabled(true));

    assertThat(state.nextWarmAt()).isEqualTo(START.plusSeconds(240));
  }

  @Test
  void toggling_inverts_the_state() {
    on(new SetEnabled(null));
    assertThat(state.enabled()).isTrue();

    on(new SetEnabled(null));

    assertThat(state.enabled()).isFalse();
    assertThat(state.nextWarmAt()).isNull();
  }

  @Test
  void a_turn_unsets_the_timer_and_its_end_sets_it_again() {
    on(new SetEnabled(true));
    pass(ofMinutes(2));

    on(new TurnStarted(TERMS));
    assertThat(state.nextWarmAt()).isNull();
    pass(ofSeconds(30));
    on(resolved(now));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(240));
  }

  @Test
  void enabling_during_a_turn_sets_the_timer_when_it_ends() {
    on(new TurnStarted(TERMS));
    on(new SetEnabled(true));
    assertThat(state.nextWarmAt()).isNull();

    on(resolved(now));

    assertThat(state.nextWarmAt()).isNotNull();
  }

  @Test
  void another_interval_counts_from_now() {
    on(new SetEnabled(true));
    pass(ofMinutes(3));

    on(new SetInterval(ofSeconds(10)));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(10));
  }

  @Test
  void another_interval_sets_no_timer_where_there_is_none() {
    var transition = on(new SetInterval(ofSeconds(10)));

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.interval()).isEqualTo(ofSeconds(10));
    assertThat(transition.isPublished()).isTrue();
  }

  @Test
  void a_timer_that_fires_requests_a_warm_and_publishes_nothing() {
    enabledAfterTurn();
    pass(ofMinutes(4));

    var transition = ring();

    assertThat(transition.action()).isEqualTo(ProviderAction.WARM);
    assertThat(transition.isPublished()).isFalse();
    assertThat(state.nextWarmAt()).isNull();
  }

  @Test
  void a_stale_timer_does_nothing() {
    enabledAfterTurn();
    long old = state.number();
    on(new SetInterval(ofMinutes(1)));

    var transition = on(new TimerFired(old));

    assertThat(transition.action()).isEqualTo(ProviderAction.NOTHING);
    assertThat(state.nextWarmAt()).isNotNull();
  }

  @Test
  void a_warm_that_succeeds_sets_the_timer_and_publishes_once() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();
    var began = now;
    pass(ofSeconds(2));

    var transition = on(new WarmDone(state.number(), began, WARM, 7));

    assertThat(transition.isPublished()).isTrue();
    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(240));
    assertThat(state.touchedAt()).isEqualTo(began);
    assertThat(state.lastWarm()).isEqualTo(new WarmingState.LastWarm(now, 99, 99));
  }

  @Test
  void a_turn_cancels_a_warm_and_its_response_is_dropped() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();
    long warm = state.number();

    var transition = on(new TurnStarted(TERMS));
    on(new WarmDone(warm, now, WARM, 7));

    assertThat(transition.action()).isEqualTo(ProviderAction.CANCEL);
    assertThat(state.lastWarm()).isNull();
    assertThat(state.activity()).isEqualTo(Activity.GENERATING);
  }

  @Test
  void closing_breaks_a_warm_off_and_leaves_nothing_set() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();
    long warm = state.number();

    var transition = on(new Closed());
    on(new WarmDone(warm, now, WARM, 7));

    assertThat(transition.action()).isEqualTo(ProviderAction.CANCEL);
    assertThat(state.enabled()).isFalse();
    assertThat(state.nextWarmAt()).isNull();
  }

  @Test
  void closing_while_generating_leaves_nothing_scheduled_when_the_turn_ends() {
    on(new SetEnabled(true));
    on(new TurnStarted(TERMS));

    on(new Closed());
    on(resolved(now));

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.enabled()).isFalse();
  }

  @Test
  void a_manual_warm_of_a_conversation_that_is_off_changes_its_figures_only() {
    on(new TurnStarted(TERMS));
    on(resolved(now));

    assertThat(on(new WarmRequested(TERMS)).action()).isEqualTo(ProviderAction.WARM);
    on(new WarmDone(state.number(), now, WARM, 7));

    assertThat(state.lastWarm()).isNotNull();
    assertThat(state.nextWarmAt()).isNull();
  }

  @Test
  void a_warm_that_failed_is_retried_while_the_entry_lives() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();

    on(failure(false, null));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(5));
    assertThat(state.error()).isEqualTo("no");
  }

  @Test
  void each_retry_waits_twice_as_long_until_the_entry_is_gone_and_then_an_interval() {
    enabledAfterTurn();
    pass(ofMinutes(4)); // the entry has 57 seconds left

    for (int wait : new int[] {5, 10, 20, 240, 240}) {
      ring();
      on(failure(false, null));
      assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(wait));
      pass(ofSeconds(wait));
    }
  }

  @Test
  void a_retry_waits_as_long_as_the_provider_wants() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();

    on(failure(false, ofMinutes(10)));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(600));
  }

  @Test
  void a_short_interval_makes_no_storm_of_failures() {
    on(new SetInterval(ofSeconds(1)));
    enabledAfterTurn();
    pass(ofSeconds(1));
    ring();

    on(failure(false, null));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(5));
  }

  @Test
  void a_refusal_for_good_stops_with_a_reason_until_the_next_turn() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();

    on(failure(true, null));
    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.REFUSED);
    on(new TurnStarted(TERMS));
    on(resolved(now));

    assertThat(state.nextWarmAt()).isNotNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.NONE);
  }

  @Test
  void ten_failures_in_a_row_are_enough() {
    enabledAfterTurn();

    for (int i = 0; i < 10; i++) {
      now = state.nextWarmAt();
      ring();
      on(failure(false, null));
    }

    assertThat(state.pauseReason()).isEqualTo(PauseReason.GAVE_UP);
    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.enabled()).isTrue();
  }

  @Test
  void a_refused_warm_pauses_until_the_next_turn() {
    on(new SetEnabled(true));
    pass(ofMinutes(4));
    ring();

    on(new WarmRefused(state.number(), PauseReason.NOTHING_SAID, "no history"));

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.NOTHING_SAID);
  }

  @Test
  void a_timer_that_fires_after_the_entry_has_expired_pauses_as_cold() {
    enabledAfterTurn();
    pass(ofMinutes(6));

    var transition = ring();

    assertThat(transition.action()).isEqualTo(ProviderAction.NOTHING);
    assertThat(transition.isPublished()).isTrue();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.COLD);
  }

  @Test
  void an_interval_beyond_the_time_to_live_is_warmed_as_asked_for() {
    on(new SetInterval(ofMinutes(10)));
    enabledAfterTurn();
    pass(ofMinutes(10));

    var transition = ring();

    assertThat(state.expiresBeforeNextWarm()).isTrue();
    assertThat(transition.action()).isEqualTo(ProviderAction.WARM);
  }

  @Test
  void entries_that_warms_cannot_refresh_are_not_warmed() {
    var never = new CacheProfile(ofMinutes(60), 0, CacheProfile.Refresh.NEVER, "kept on disk");
    on(new SetEnabled(true));
    on(new TurnStarted(never));

    on(resolved(now));

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.NOT_PINGED);
  }

  @Test
  void after_a_restart_a_timer_is_set_as_it_was() {
    enabledAfterTurn();
    var due = state.nextWarmAt();
    pass(ofMinutes(1));

    on(new Restored(TERMS, 0.5));

    assertThat(state.nextWarmAt()).isEqualTo(due);
  }

  @Test
  void after_a_restart_what_is_overdue_and_lives_is_warmed_soon_and_spread() {
    enabledAfterTurn();
    pass(ofSeconds(243 + 17)); // 40 seconds left, less two

    on(new Restored(TERMS, 0.5));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(15).plusMillis(1));
  }

  @Test
  void after_a_restart_what_is_too_late_is_cold() {
    enabledAfterTurn();
    pass(ofMinutes(20));

    on(new Restored(TERMS, 0.5));

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.COLD);
  }

  @Test
  void a_clock_that_is_set_back_takes_the_times_along() {
    enabledAfterTurn();
    pass(Duration.ofHours(-1));

    var transition = on(new ClockJumped(Duration.ofHours(-1)));

    assertThat(transition.isPublished()).isTrue();
    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(240));
    assertThat(state.coldAt()).contains(now.plusSeconds(297));
  }

  @Test
  void the_policy_is_asked_whenever_a_timer_is_set() {
    decision = new WarmDecision.At(START.plusSeconds(290), "it pays");

    enabledAfterTurn();

    assertThat(state.nextWarmAt()).isEqualTo(START.plusSeconds(290));
    assertThat(state.why()).isEqualTo("it pays");
  }

  @Test
  void a_policy_that_wants_no_warm_pauses_with_its_reason() {
    decision = new WarmDecision.Pause(PauseReason.NOT_WORTH_IT, "it does not pay");

    enabledAfterTurn();

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.NOT_WORTH_IT);
    assertThat(state.why()).isEqualTo("it does not pay");
  }

  @Test
  void a_policy_can_change_its_mind_before_the_warm_is_sent() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    decision = new WarmDecision.Pause(PauseReason.OVER_BUDGET, "the budget is spent");

    var transition = ring();

    assertThat(transition.action()).isEqualTo(ProviderAction.NOTHING);
    assertThat(transition.isPublished()).isTrue();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.OVER_BUDGET);
    assertThat(state.activity()).isEqualTo(Activity.IDLE);
  }

  @Test
  void a_policy_of_its_own_time_gets_no_retry_when_the_entry_is_dead_by_then() {
    decision = new WarmDecision.At(START.plusSeconds(290), "it pays");
    enabledAfterTurn();
    now = START.plusSeconds(290);
    ring();
    now = START.plusSeconds(296);

    on(failure(false, null));

    assertThat(state.nextWarmAt()).isNull();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.COLD);
  }

  @Test
  void a_policy_of_its_own_time_gets_a_retry_while_the_entry_lives() {
    decision = new WarmDecision.At(START.plusSeconds(290), "it pays");
    enabledAfterTurn();
    now = START.plusSeconds(280);
    on(new TimerFired(state.number()));

    on(failure(false, null));

    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(5));
  }

  @Test
  void warms_of_an_idle_period_are_counted_with_their_cost_until_the_next_turn() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();
    on(new WarmDone(state.number(), now, WARM, 7));
    pass(ofMinutes(4));
    ring();
    on(new WarmDone(state.number(), now, WARM, 8));

    var idle = state.idle();
    assertThat(idle).isNotNull();
    assertThat(idle.warms()).isEqualTo(2);
    assertThat(idle.spent()).isEqualTo(15);
    assertThat(idle.wrote()).isFalse();

    on(new TurnStarted(TERMS));
    on(resolved(now));

    assertThat(state.idle())
        .isEqualTo(IdlePeriod.since(now, Objects.requireNonNull(resolved(now).outcome())));
  }

  @Test
  void a_warm_that_read_less_than_half_of_what_was_cached_has_found_the_entry_gone() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();

    on(new WarmDone(state.number(), now, new Usage(1_000, 1, 0L, 1_000L, 0), 7));

    var idle = state.idle();
    assertThat(idle).isNotNull();
    assertThat(idle.wrote()).isTrue();
  }

  @Test
  void the_first_warm_may_write_an_answer_longer_than_the_prompt() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ring();

    on(new WarmDone(state.number(), now, new Usage(9_000, 1, 1_000L, 8_000L, 0), 7));

    var idle = state.idle();
    assertThat(idle).isNotNull();
    assertThat(idle.wrote()).isFalse();
  }

  @Test
  void a_timer_without_a_warm_resolves_the_idle_period_once() {
    decision = new WarmDecision.Pause(PauseReason.NOT_WORTH_IT, "it does not pay");
    enabledAfterTurn();
    pass(ofMinutes(65));

    var first = ring();
    var second = ring();

    assertThat(first.isPublished()).isTrue();
    assertThat(second.isPublished()).isFalse();
    var idle = state.idle();
    assertThat(idle).isNotNull();
    assertThat(idle.resolved()).isTrue();
    assertThat(state.pauseReason()).isEqualTo(PauseReason.NOT_WORTH_IT);
  }

  @Test
  void a_hint_reaches_the_idle_period_and_the_policy_is_asked_again() {
    decision = new WarmDecision.Pause(PauseReason.NOT_WORTH_IT, "it does not pay");
    enabledAfterTurn();
    decision = new WarmDecision.At(START.plusSeconds(290), "it pays now");

    on(new Hinted(StopReason.AWAITING_PERMISSION, true));

    var idle = state.idle();
    assertThat(idle).isNotNull();
    assertThat(idle.stop()).isEqualTo(StopReason.AWAITING_PERMISSION);
    assertThat(idle.focused()).isTrue();
    assertThat(state.nextWarmAt()).isEqualTo(START.plusSeconds(290));
  }

  @Test
  void a_hint_or_a_budget_does_not_put_off_a_warm_that_is_due_by_interval() {
    enabledAfterTurn();
    var due = state.nextWarmAt();
    pass(ofMinutes(2));

    on(new Hinted(null, true));
    on(new PolicyInputChanged());

    assertThat(state.nextWarmAt()).isEqualTo(due);
  }

  @Test
  void another_mode_asks_the_policy_again_even_where_it_had_given_up_the_entry() {
    decision = new WarmDecision.Pause(PauseReason.WROTE, "");
    enabledAfterTurn();
    decision = new WarmDecision.ByInterval();

    on(new SetMode(PolicyMode.INTERVAL));

    assertThat(state.mode()).isEqualTo(PolicyMode.INTERVAL);
    assertThat(state.nextWarmAt()).isEqualTo(now.plusSeconds(240));
  }

  /// The invariant: whatever happens in whatever order, the published state is true.
  @Test
  void whatever_happens_the_published_state_is_true_and_at_most_one_warm_is_in_flight() {
    for (int seed = 0; seed < 100_000; seed++) {
      new RandomCourse(seed).run();
    }
  }

  /// A simulated world in which timers fire, also late, and warms complete, also after they were
  /// cancelled.
  private static final class RandomCourse {

    private final Random random;
    private final int seed;
    private Instant now = START;
    private WarmingState state = WarmingState.off(ofMinutes(4));
    private boolean closed;
    private @Nullable Long inFlight;
    private @Nullable Long lost;

    RandomCourse(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() {
      for (int i = 0; i < 30; i++) {
        now = now.plusMillis(random.nextInt(100_000));
        var event = next();
        var before = state;
        var transition = PromptSchedule.after(state, event, now, this::decide);
        state = transition.state();
        follow(event, before, transition);
        check(event, transition);
      }
    }

    private WarmingEvent next() {
      var due = state.nextWarmAt();
      if (due != null && !due.isAfter(now)) {
        return new TimerFired(state.number());
      }
      return switch (random.nextInt(19)) {
        case 0, 1 -> turn();
        case 2 -> new SetEnabled(null);
        case 3, 4 -> new SetEnabled(true);
        case 5 -> new SetInterval(ofMillis(1_000 + random.nextInt(600_000)));
        case 6 -> new Closed();
        case 7 -> new TimerFired(state.number() - random.nextInt(3));
        case 8 -> state.activity() == Activity.IDLE ? new WarmRequested(TERMS) : turn();
        case 9 -> new Restored(TERMS, random.nextDouble());
        case 10 -> jump();
        case 12 -> new SetMode(random.nextBoolean() ? PolicyMode.ADAPTIVE : null);
        case 13 -> new PolicyInputChanged();
        case 14 -> new Hinted(StopReason.TOOL_USE, random.nextBoolean());
        case 11 -> lost == null ? turn() : new WarmDone(lost, now.minusSeconds(1), WARM, 7);
        default -> inFlight == null ? turn() : answer(inFlight);
      };
    }

    /// A random event.
    private WarmDecision decide(WarmingState asked, Instant at) {
      return switch (random.nextInt(4)) {
        case 0 -> new WarmDecision.At(at.plusMillis(random.nextInt(400_000) - 1_000), "it pays");
        case 1 -> new WarmDecision.Pause(PauseReason.NOT_WORTH_IT, "it does not pay");
        default -> new WarmDecision.ByInterval();
      };
    }

    private WarmingEvent turn() {
      return state.activity() == Activity.GENERATING
          ? resolved(random.nextBoolean() ? now : null)
          : new TurnStarted(TERMS);
    }

    private WarmingEvent jump() {
      var by = ofSeconds(random.nextInt(7_200) - 3_600);
      now = now.plus(by);
      return new ClockJumped(by);
    }

    private WarmingEvent answer(long number) {
      return switch (random.nextInt(4)) {
        case 0 -> new WarmFailed(number, "no", false, null, random.nextDouble());
        case 1 -> new WarmFailed(number, "no", random.nextBoolean(), ofSeconds(100), 1);
        case 2 -> new WarmRefused(number, PauseReason.NOTHING_SAID, "no history");
        default -> new WarmDone(number, now.minusSeconds(1), WARM, 7);
      };
    }

    private void follow(WarmingEvent event, WarmingState before, Transition transition) {
      if (inFlight != null && before.activity() == Activity.WARMING && isOver(event, inFlight)) {
        inFlight = null;
      }
      if (event instanceof Restored || transition.action() == ProviderAction.CANCEL) {
        lost = inFlight;
        inFlight = null;
      }
      if (transition.action() == ProviderAction.WARM) {
        assertThat(inFlight).as("another warm in flight, seed %s", seed).isNull();
        inFlight = transition.state().number();
      }
      closed = event instanceof Closed || (closed && !transition.state().enabled());
    }

    private static boolean isOver(WarmingEvent event, long warm) {
      return switch (event) {
        case WarmDone done -> done.number() == warm;
        case WarmFailed failed -> failed.number() == warm;
        case WarmRefused refused -> refused.number() == warm;
        default -> false;
      };
    }

    private void check(WarmingEvent event, Transition transition) {
      var due = state.nextWarmAt();
      boolean wrong =
          (transition.isPublished() && due != null && !due.isAfter(now))
              || (due != null && !state.enabled())
              || (due != null && state.activity() != Activity.IDLE)
              || (closed && due != null)
              || (state.activity() == Activity.WARMING) != (inFlight != null)
              || isDead();
      assertThat(wrong).as("seed %s, %s gave %s at %s", seed, event, transition, now).isFalse();
    }

    /// Enabled and idle, without a scheduled warm or a reason.
    private boolean isDead() {
      return state.enabled()
          && state.activity() == Activity.IDLE
          && state.nextWarmAt() == null
          && state.pauseReason() == PauseReason.NONE;
    }
  }
}
