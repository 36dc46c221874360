package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CacheTier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All rules on the same traffic.
///
/// @param costs of each rule by its name, in the order in which they are shown
/// @param hindsight the best that could have been decided once for each tenant
/// @param again the adaptive rule's, led a second time through the traffic that it has learned by
///   then
/// @param inParts the adaptive rule's where a prompt is kept [in parts][CacheLifetime#IN_PARTS]
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

  /// The least change of a rule that decides the same for everybody.
  ///
  /// @param briefOnly whether only rules count that keep to the shorter tier
  double leastFixed(boolean briefOnly) {
    return Rules.fixed().stream()
        .filter(rule -> !briefOnly || rule.terms(CacheTier.BRIEF).write() == Rules.BRIEF.write())
        .mapToDouble(rule -> change(rule.name()))
        .min()
        .orElseThrow();
  }

  /// How much of what could have been saved in hindsight the adaptive rule saves, as a share.
  double shareOfHindsight() {
    return change(Rules.ADAPTIVE) / change(hindsight);
  }
}
