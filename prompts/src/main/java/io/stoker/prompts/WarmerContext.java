package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.prompts.policy.AdaptivePolicy;

/// The collaborators that the classes of a warmer share.
record WarmerContext(
    PromptStore store,
    PromptProviders providers,
    PromptSettings settings,
    Time time,
    AdaptivePolicy policy,
    WarmBudgets budgets,
    WarmDecider decider) {

  /// A context with a policy without data.
  static WarmerContext of(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    var policy = new AdaptivePolicy();
    var budgets = new WarmBudgets(settings.policy(), store.ledger(), time);
    var decider = new WarmDecider(providers, settings.policy(), policy, budgets);
    return new WarmerContext(store, providers, settings, time, policy, budgets, decider);
  }
}
