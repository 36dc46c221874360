package io.stoker.bench.warmbench;

import io.stoker.bench.warmbench.Replay.Bucket;
import io.stoker.prompts.policy.CacheTier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The best fixed decision for each tenant, knowing the whole traffic: one tier, and one number of
/// pings per stop reason.
///
/// The costs after one stop reason do not depend on the numbers of pings after the others. So each
/// number is replayed once, and the cheapest is taken for each reason.
final class Hindsight {

  private Hindsight() {}

  static Costs costs(List<TrafficEvent> steps) {
    var best = new HashMap<String, Costs>();
    for (var tier : CacheTier.values()) {
      cheapest(tier, steps).forEach((tenant, costs) -> best.merge(tenant, costs, Hindsight::less));
    }
    return best.values().stream().reduce(Costs.EMPTY, Costs::plus);
  }

  /// The costs of the best numbers of pings in one tier, by tenant.
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
