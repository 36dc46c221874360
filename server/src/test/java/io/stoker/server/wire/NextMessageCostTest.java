package io.stoker.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.CacheProfile.Refresh;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.IdlePeriod;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The simulator's prices in micro-dollars a token: 1 uncached, 1.25 and 2 written for five minutes
/// and for an hour, 0.1 read.
class NextMessageCostTest {

  private static final Instant BEGAN = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final CacheProfile TERMS = new CacheProfile(LIFE, 32, Refresh.PING, "");

  private final PromptProviders providers =
      new PromptProviders(
          List.of(new SimulatedProvider(SimulatorSettings.STANDARD, Time.system())),
          "simulator/small");

  private static Conversation conversation(String model, @Nullable IdlePeriod idle) {
    var warming =
        new WarmingState(
            false,
            Duration.ofMinutes(4),
            Activity.IDLE,
            0,
            null,
            idle == null ? null : BEGAN,
            null,
            0,
            "",
            PauseReason.NONE,
            TERMS,
            null,
            idle,
            "");
    return new Conversation("chat", model, "", warming);
  }

  private static IdlePeriod idle(long tokens, CacheTier tier) {
    return new IdlePeriod(
        BEGAN, StopReason.END_OF_TURN, tier, tokens, tokens, 0, 0, false, null, false);
  }

  @Test
  void while_the_cache_is_warm_the_prompt_is_read() {
    var conversation = conversation("simulator/small", idle(12_000, CacheTier.BRIEF));

    var next = NextMessageCost.of(conversation, providers, BEGAN.plus(LIFE).minusMillis(1));

    assertThat(next).contains(new NextMessageCost(1_200, 15_000));
  }

  @Test
  void after_expiry_it_is_written_again() {
    var conversation = conversation("simulator/small", idle(12_000, CacheTier.BRIEF));

    var next = NextMessageCost.of(conversation, providers, BEGAN.plus(LIFE));

    assertThat(next).contains(new NextMessageCost(15_000, 15_000));
  }

  @Test
  void the_longer_tier_costs_more_to_write() {
    var conversation = conversation("simulator/small", idle(12_000, CacheTier.LASTING));

    var next = NextMessageCost.of(conversation, providers, BEGAN);

    assertThat(next).contains(new NextMessageCost(1_200, 24_000));
  }

  @Test
  void a_prompt_too_short_for_the_cache_costs_the_same_now_and_later() {
    var conversation = conversation("simulator/small", idle(31, CacheTier.BRIEF));

    var next = NextMessageCost.of(conversation, providers, BEGAN);

    assertThat(next).contains(new NextMessageCost(31, 31));
  }

  @Test
  void before_the_first_turn_or_without_prices_it_is_empty() {
    var silent = conversation("simulator/small", null);
    var unknown = conversation("nobody/nothing", idle(12_000, CacheTier.BRIEF));

    assertThat(NextMessageCost.of(silent, providers, BEGAN)).isEmpty();
    assertThat(NextMessageCost.of(unknown, providers, BEGAN)).isEmpty();
  }
}
