package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.prompts.policy.AdaptivePolicy;

/// What all parts of a warmer work with.
record WarmerParts(
    PromptStore store,
    PromptProviders providers,
    PromptSettings settings,
    Time time,
    AdaptivePolicy policy,
    WarmBudgets budgets,
    WarmAdvisor advisor) {

  /// The parts, with a policy that has learned nothing yet.
  static WarmerParts of(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    var policy = new AdaptivePolicy();
    var budgets = new WarmBudgets(settings.policy(), store.ledger(), time);
    var advisor = new WarmAdvisor(providers, settings.policy(), policy, budgets);
    return new WarmerParts(store, providers, settings, time, policy, budgets, advisor);
  }
}
