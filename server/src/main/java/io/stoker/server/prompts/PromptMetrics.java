package io.stoker.server.prompts;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stoker.prompts.LedgerSums;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptWarmer.Totals;
import io.stoker.prompts.WarmingCosts;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The Micrometer meters of prompt warming: scheduled conversations, warms, turns and costs.
public final class PromptMetrics {

  private static final double MICROS = 1_000_000;

  private PromptMetrics() {}

  public static void show(PromptServices prompts, MeterRegistry registry) {
    var warmer = prompts.warmer();
    gauge(
        "stoker.prompts.armed",
        warmer::scheduled,
        "Conversations with a scheduled next warm",
        registry);
    gauge(
        "stoker.prompts.warms.in.flight",
        warmer::warmsInFlight,
        "Warms that a provider is answering",
        registry);
    gauge("stoker.prompts.turns.in.flight", prompts.chat()::running, "Turns in progress", registry);
    warms("warmed", Totals::warmed, prompts, registry);
    warms("failed", Totals::failed, prompts, registry);
    for (var reason : PromptChat.REASONS) {
      FunctionCounter.builder("stoker.prompts.turns", prompts.chat(), chat -> chat.ended(reason))
          .tag("reason", reason)
          .description("Turns that have ended, by reason")
          .register(registry);
    }
    tokens("read", Totals::readTokens, prompts, registry);
    tokens("written", Totals::writtenTokens, prompts, registry);
    money(prompts, registry);
    waits(prompts, registry);
    budgets(prompts, registry);
  }

  private static void money(PromptServices prompts, MeterRegistry registry) {
    money("spent", WarmingCosts::spent, prompts, registry);
    money("saved", WarmingCosts::saved, prompts, registry);
    money("wasted", WarmingCosts::wasted, prompts, registry);
    FunctionCounter.builder(
            "stoker.prompts.warms.wrote", prompts.warmer(), warmer -> warmer.sums().rewrites())
        .description("Warms with a cache miss, which wrote the entry again")
        .register(registry);
    gauge(
        "stoker.prompts.warms.waiting",
        prompts.warmer()::warmsWaiting,
        "Warms that wait for a concurrency or rate limit",
        registry);
  }

  private static void money(
      String kind,
      ToDoubleFunction<WarmingCosts> value,
      PromptServices prompts,
      MeterRegistry registry) {
    FunctionCounter.builder(
            "stoker.prompts.money.dollars",
            prompts.warmer(),
            warmer -> value.applyAsDouble(warmer.sums().costs()) / MICROS)
        .tag("kind", kind)
        .description(
            "Dollars that warms have cost, saved, and cost for users who did not come back")
        .register(registry);
  }

  /// Times to first token; the mean is the sum divided by the count.
  private static void waits(PromptServices prompts, MeterRegistry registry) {
    wait("warm", LedgerSums::warmTurns, LedgerSums::warmWait, prompts, registry);
    wait("cold", LedgerSums::coldTurns, LedgerSums::coldWait, prompts, registry);
  }

  private static void wait(
      String cache,
      ToLongFunction<LedgerSums> turns,
      Function<LedgerSums, Duration> whole,
      PromptServices prompts,
      MeterRegistry registry) {
    FunctionTimer.builder(
            "stoker.prompts.first.token",
            prompts.warmer(),
            warmer -> turns.applyAsLong(warmer.sums()),
            warmer -> whole.apply(warmer.sums()).toMillis(),
            TimeUnit.MILLISECONDS)
        .tag("cache", cache)
        .description("Time to first token, by whether the cache was warm")
        .register(registry);
  }

  private static void budgets(PromptServices prompts, MeterRegistry registry) {
    var policy = prompts.policy();
    var warmer = prompts.warmer();
    budget("server", warmer::spentToday, policy.dailyBudget(), registry);
    policy
        .tenants()
        .forEach((name, tenant) ->
            budget(
                "tenant " + name, () -> warmer.spentToday(name), tenant.dailyBudget(), registry));
  }

  private static void budget(
      String scope, LongSupplier spent, @Nullable Long limit, MeterRegistry registry) {
    Gauge.builder("stoker.prompts.budget.spent.dollars", () -> spent.getAsLong() / MICROS)
        .tag("scope", scope)
        .description("Dollars that warms have cost since midnight, UTC")
        .register(registry);
    if (limit != null) {
      Gauge.builder("stoker.prompts.budget.limit.dollars", () -> limit / MICROS)
          .tag("scope", scope)
          .description("Dollars that warms may cost on a day")
          .register(registry);
    }
  }

  private static void gauge(
      String name, Supplier<Number> value, String description, MeterRegistry registry) {
    Gauge.builder(name, value).description(description).strongReference(true).register(registry);
  }

  private static void warms(
      String outcome,
      ToDoubleFunction<Totals> value,
      PromptServices prompts,
      MeterRegistry registry) {
    FunctionCounter.builder(
            "stoker.prompts.warms",
            prompts.warmer(),
            warmer -> value.applyAsDouble(warmer.totals()))
        .tag("outcome", outcome)
        .description("Warms, by outcome")
        .register(registry);
  }

  private static void tokens(
      String direction,
      ToDoubleFunction<Totals> value,
      PromptServices prompts,
      MeterRegistry registry) {
    FunctionCounter.builder(
            "stoker.prompts.warm.tokens",
            prompts.warmer(),
            warmer -> value.applyAsDouble(warmer.totals()))
        .tag("cache", direction)
        .description("Tokens that warms read from caches and wrote to them")
        .register(registry);
  }
}
