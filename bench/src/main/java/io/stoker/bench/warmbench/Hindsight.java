package io.stoker.bench.warmbench;

import io.stoker.bench.warmbench.Replay.Bucket;
import io.stoker.prompts.policy.CacheTier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The best that could have been decided once for each tenant, by one who knows all that came: one
/// tier, and one number of pings for each reason for which the model stops.
///
/// What a number of pings costs after one reason does not hang on the numbers after the others. So
/// each number is led through the traffic once, and the cheapest is taken for each reason.
final class Hindsight {

  private Hindsight() {}

  static Costs costs(List<TrafficEvent> steps) {
    var best = new HashMap<String, Costs>();
    for (var tier : CacheTier.values()) {
      cheapest(tier, steps).forEach((tenant, costs) -> best.merge(tenant, costs, Hindsight::less));
    }
    return best.values().stream().reduce(Costs.EMPTY, Costs::plus);
  }

  /// What the best numbers of pings cost each tenant in one tier.
  private static Map<String, Costs> cheapest(CacheTier tier, List<TrafficEvent> steps) {
    var terms = Rules.BOTH.pricing(tier);
    var cheapest = new HashMap<Bucket, Costs>();
    for (int pings = 0; pings <= terms.maxWorthwhileWarms(); pings++) {
      Replay.run(Rules.Fixed.of(tier, pings), steps)
          .forEach((bucket, costs) -> cheapest.merge(bucket, costs, Hindsight::less));
    }
    var byTenant = new HashMap<String, Costs>();
    cheapest.forEach((bucket, costs) -> byTenant.merge(bucket.tenant(), costs, Costs::plus));
    return byTenant;
  }

  private static Costs less(Costs one, Costs other) {
    return one.avoidable() <= other.avoidable() ? one : other;
  }
}
