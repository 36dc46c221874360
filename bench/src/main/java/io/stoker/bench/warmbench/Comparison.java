package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CacheTier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The costs of all rules on the same traffic.
///
/// @param costs the costs of each rule by name, in display order
/// @param hindsight the costs of the best fixed decision for each tenant
/// @param again the adaptive rule's costs in a second pass over the traffic, which it has learned
///   by then
/// @param inParts the adaptive rule's costs if prompts are cached [in
///   parts][CacheLifetime#IN_PARTS]
record Comparison(Map<String, Costs> costs, Costs hindsight, Costs again, Costs inParts) {

  static Comparison of(List<TrafficEvent> steps) {
    var costs = new LinkedHashMap<String, Costs>();
    costs.put(Rules.NEVER, Replay.sum(Rules.never(), steps));
    Rules.fixed().forEach(rule -> costs.put(rule.name(), Replay.sum(rule, steps)));
    var brief = Rules.adaptive(Rules.ADAPTIVE_BRIEF, Rules.BRIEF_ONLY);
    costs.put(brief.name(), Replay.sum(brief, steps));
    var both = Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH);
    costs.put(both.name(), Replay.sum(both, steps));
    var hindsight = Hindsight.costs(steps);
    costs.put("hindsight best", hindsight);
    Rules.clairvoyants().forEach(rule -> costs.put(rule.name(), Replay.sum(rule, steps)));
    return new Comparison(costs, hindsight, Replay.sum(both, steps), inParts(steps));
  }

  private static Costs inParts(List<TrafficEvent> steps) {
    var rule = Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH);
    return Replay.sum(new Replay(rule, CacheLifetime.IN_PARTS, (_, _) -> {}).run(steps));
  }

  Comparison plus(Comparison other) {
    var sum = new LinkedHashMap<>(costs);
    other.costs.forEach((rule, more) -> sum.merge(rule, more, Costs::plus));
    return new Comparison(
        sum, hindsight.plus(other.hindsight), again.plus(other.again), inParts.plus(other.inParts));
  }

  Costs of(String rule) {
    return costs.getOrDefault(rule, Costs.EMPTY);
  }

  double change(Costs those) {
    return those.against(of(Rules.NEVER));
  }

  double change(String rule) {
    return change(of(rule));
  }

  /// The change of the best fixed rule.
  ///
  /// @param briefOnly whether to consider only rules that use the shorter tier
  double leastFixed(boolean briefOnly) {
    return Rules.fixed().stream()
        .filter(rule -> !briefOnly || rule.terms(CacheTier.BRIEF).write() == Rules.BRIEF.write())
        .mapToDouble(rule -> change(rule.name()))
        .min()
        .orElseThrow();
  }

  /// The adaptive rule's saving as a share of the hindsight saving.
  double shareOfHindsight() {
    return change(Rules.ADAPTIVE) / change(hindsight);
  }
}
