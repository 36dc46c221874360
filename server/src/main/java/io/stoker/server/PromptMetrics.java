package io.stoker.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptWarmer.Totals;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Shows prompts to Micrometer: what is armed, what was warmed, what it cost.
final class PromptMetrics {

  private PromptMetrics() {}

  static void show(Prompts prompts, MeterRegistry registry) {
    var warmer = prompts.warmer();
    gauge("stoker.prompts.armed", warmer::armed, "Conversations whose next warm is due", registry);
    gauge(
        "stoker.prompts.warms.in.flight",
        warmer::warmsInFlight,
        "Warms that a provider is answering",
        registry);
    gauge(
        "stoker.prompts.turns.in.flight",
        prompts.chat()::running,
        "Turns that are going on",
        registry);
    warms("warmed", Totals::warmed, prompts, registry);
    warms("failed", Totals::failed, prompts, registry);
    for (var reason : PromptChat.REASONS) {
      FunctionCounter.builder("stoker.prompts.turns", prompts.chat(), chat -> chat.ended(reason))
          .tag("reason", reason)
          .description("Turns that have ended, by why")
          .register(registry);
    }
    tokens("read", Totals::readTokens, prompts, registry);
    tokens("written", Totals::writtenTokens, prompts, registry);
  }

  private static void gauge(
      String name, Supplier<Number> value, String description, MeterRegistry registry) {
    Gauge.builder(name, value).description(description).strongReference(true).register(registry);
  }

  private static void warms(
      String outcome, ToDoubleFunction<Totals> value, Prompts prompts, MeterRegistry registry) {
    FunctionCounter.builder(
            "stoker.prompts.warms",
            prompts.warmer(),
            warmer -> value.applyAsDouble(warmer.totals()))
        .tag("outcome", outcome)
        .description("Warms, by what they came to")
        .register(registry);
  }

  private static void tokens(
      String direction, ToDoubleFunction<Totals> value, Prompts prompts, MeterRegistry registry) {
    FunctionCounter.builder(
            "stoker.prompts.warm.tokens",
            prompts.warmer(),
            warmer -> value.applyAsDouble(warmer.totals()))
        .tag("cache", direction)
        .description("Tokens that warms read from caches and wrote to them")
        .register(registry);
  }
}
