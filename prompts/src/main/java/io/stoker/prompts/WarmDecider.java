package io.stoker.prompts;

import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.AdaptivePolicy;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.PromptSize;
import io.stoker.prompts.policy.WarmPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Decides whether the next warm of a conversation is worth its price and allowed, from the policy,
/// the budgets and the facts about its provider. Thread-safe.
final class WarmDecider {

  /// The message and the output of a warm, in uncached input tokens: about ten, and one output
  /// token at five times the price.
  private static final double WARM_OVERHEAD_TOKENS = 15;

  private static final int CHARACTERS_PER_TOKEN = 4;
  private static final double PERCENT = 100;
  private static final long MILLION = 1_000_000;

  private final PromptProviders providers;
  private final WarmingPolicy settings;
  private final AdaptivePolicy policy;
  private final WarmBudgets budgets;

  WarmDecider(
      PromptProviders providers,
      WarmingPolicy settings,
      AdaptivePolicy policy,
      WarmBudgets budgets) {
    this.providers = providers;
    this.settings = settings;
    this.policy = policy;
    this.budgets = budgets;
  }

  /// The decision for a conversation that is not busy.
  WarmDecision decide(Conversation conversation, Instant now) {
    var mode = settings.mode(conversation);
    if (mode == PolicyMode.OFF) {
      return new WarmDecision.Pause(PauseReason.SWITCHED_OFF, "");
    }
    var choice = providers.find(conversation.model());
    if (choice.isEmpty()) {
      return new WarmDecision.ByInterval(); // the warm will say that there is no such model
    }
    var refusal = budgets.refusal(conversation, expectedCost(conversation, choice.get()));
    if (refusal != null) {
      return new WarmDecision.Pause(
          PauseReason.OVER_BUDGET,
          refusal + "; warming resumes with the first turn after midnight, UTC");
    }
    return mode == PolicyMode.INTERVAL
        ? new WarmDecision.ByInterval()
        : adaptive(conversation, choice.get(), now);
  }

  private WarmDecision adaptive(Conversation conversation, Choice choice, Instant now) {
    var state = conversation.warming();
    var idle = state.idle();
    var touchedAt = state.touchedAt();
    if (idle == null || touchedAt == null) {
      return new WarmDecision.Pause(PauseReason.NOTHING_SAID, "");
    }
    if (idle.promptTokens() < state.cacheProfile().minimumTokens()) {
      return new WarmDecision.Pause(
          PauseReason.TOO_SHORT,
          "the prompt has %d tokens, and the provider keeps none below %d"
              .formatted(idle.promptTokens(), state.cacheProfile().minimumTokens()));
    }
    if (idle.wrote()) {
      return new WarmDecision.Pause(PauseReason.WROTE, "");
    }
    if (!now.isBefore(
        touchedAt.plus(state.cacheProfile().timeToLive()).minus(PromptSchedule.MARGIN))) {
      return new WarmDecision.Pause(PauseReason.COLD, "");
    }
    var tiers = choice.tiers();
    var plan = plan(conversation.tenant(), idle, tiers);
    return plan.isWorthwhile()
        ? new WarmDecision.At(
            touchedAt.plus(tiers.pricing(idle.tier()).warmEvery()), why(plan, idle))
        : new WarmDecision.Pause(PauseReason.NOT_WORTH_IT, why(plan, idle));
  }

  private WarmPlan plan(String tenant, IdlePeriod idle, CacheTiers tiers) {
    var promptSize = new PromptSize(idle.promptTokens(), 0, WARM_OVERHEAD_TOKENS);
    return policy.plan(
        tenant,
        idle.stop(),
        tiers,
        idle.tier(),
        promptSize,
        idle.warms(),
        oddsRatio(idle.focused()));
  }

  /// A user with the conversation in focus is assumed to be twice as likely to continue, and one
  /// without half as likely. This does not change the counts.
  private static double oddsRatio(@Nullable Boolean focused) {
    if (focused == null) {
      return 1;
    }
    return focused ? 2 : 0.5;
  }

  /// Interned, since up to a million conversations share the same few texts.
  private static String why(WarmPlan plan, IdlePeriod idle) {
    var chances =
        String.format(
            Locale.ROOT,
            "%.1f %% chance that the next warm saves the cache, %.1f %% needed for one alone",
            plan.chance() * PERCENT,
            plan.breakEven() * PERCENT);
    var count =
        plan.isWorthwhile()
            ? "warm %d of up to %d while you are away; ".formatted(plan.next(), plan.warms())
            : "warms sent: %d; the next would cost more than it saves; ".formatted(idle.warms());
    return (count + chances).intern();
  }

  /// The tier that a turn should ask for; null for the provider's default.
  ///
  /// @param promptCharacters the length of the user's message
  @Nullable CacheTier tier(
      Conversation conversation, Choice choice, long promptCharacters, Instant now) {
    var warming = conversation.warming();
    if (!warming.enabled() || settings.mode(conversation) != PolicyMode.ADAPTIVE) {
      return null;
    }
    var tiers = choice.tiers();
    var idle = warming.idle();
    long added = promptCharacters / CHARACTERS_PER_TOKEN;
    long before = idle == null ? 0 : idle.promptTokens();
    boolean isCold = warming.coldAt().filter(now::isBefore).isEmpty();
    var promptSize =
        new PromptSize(before + added, isCold ? before + added : added, WARM_OVERHEAD_TOKENS);
    return policy.tier(conversation.tenant(), tiers, promptSize);
  }

  /// The cost of a warm that hits, in micro-dollars; 0 if prices are unknown. The first one after a
  /// turn also writes the turn's answer.
  long expectedCost(Conversation conversation, Choice choice) {
    var idle = conversation.warming().idle();
    var prices = choice.prices();
    if (idle == null || prices.isEmpty()) {
      return 0;
    }
    boolean isFirst = idle.warms() == 0 && idle.cachedTokens() > 0;
    double written = isFirst ? Math.max(0, idle.promptTokens() - idle.cachedTokens()) : 0;
    double sum =
        (idle.promptTokens() - written) * prices.get().read()
            + written * prices.get().write(idle.tier())
            + WARM_OVERHEAD_TOKENS * prices.get().input();
    return (long) Math.ceil(sum / MILLION);
  }

  /// The expected net value of a warm, in micro-dollars, to rank waiting warms.
  double expectedValue(Conversation conversation, Choice choice) {
    var idle = conversation.warming().idle();
    if (idle == null) {
      return 0;
    }
    double price = choice.prices().map(Prices::input).orElse(MILLION) / (double) MILLION;
    return plan(conversation.tenant(), idle, choice.tiers()).value() * price;
  }

  /// Learns from the end of an idle period.
  ///
  /// @param away how long the user was away
  /// @param comesBack whether the user ended it
  void learn(Conversation conversation, IdlePeriod idle, Duration away, boolean comesBack) {
    var choice = providers.find(conversation.model());
    if (choice.isEmpty() || away.isNegative()) {
      return;
    }
    var tiers = choice.get().tiers();
    if (comesBack) {
      policy.returned(conversation.tenant(), idle.stop(), tiers, away);
    } else {
      policy.closed(conversation.tenant(), idle.stop(), tiers, away);
    }
  }

  /// Learns whether a warm found the entry.
  void warmed(Conversation conversation, IdlePeriod idle, boolean wrote) {
    providers
        .find(conversation.model())
        .ifPresent(choice -> policy.warmed(choice.tiers(), idle.tier(), wrote));
  }

  /// Learns whether a turn found an entry that should have been cached.
  void requested(Conversation conversation, IdlePeriod idle, boolean wrote) {
    providers
        .find(conversation.model())
        .ifPresent(choice -> policy.requested(choice.tiers(), idle.tier(), wrote));
  }

  /// When a user who has not come back counts as gone; null if that does not matter.
  @Nullable Instant horizon(Conversation conversation) {
    var warming = conversation.warming();
    var idle = warming.idle();
    if (!warming.enabled()
        || idle == null
        || idle.resolved()
        || warming.activity() != WarmingState.Activity.IDLE) {
      return null;
    }
    return providers
        .find(conversation.model())
        .map(choice -> idle.since().plus(AdaptivePolicy.horizon(choice.tiers())))
        .orElse(null);
  }
}
