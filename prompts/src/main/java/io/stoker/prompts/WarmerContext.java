package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.prompts.policy.AdaptivePolicy;

/// What all parts of a warmer work with.
record WarmerContext(
    PromptStore store,
    PromptProviders providers,
    PromptSettings settings,
    Time time,
    AdaptivePolicy policy,
    WarmBudgets budgets,
    WarmDecider decider) {

  /// The parts, with a policy that has learned nothing yet.
  static WarmerContext of(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    var policy = new AdaptivePolicy();
    var budgets = new WarmBudgets(settings.policy(), store.ledger(), time);
    var decider = new WarmDecider(providers, settings.policy(), policy, budgets);
    return new WarmerContext(store, providers, settings, time, policy, budgets, decider);
  }
}
