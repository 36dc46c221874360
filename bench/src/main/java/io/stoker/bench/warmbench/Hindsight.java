package io.stoker.bench.warmbench;

import io.stoker.bench.warmbench.RunThrough.Bucket;
import io.stoker.prompts.policy.Tier;
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

  static Books books(List<Step> steps) {
    var best = new HashMap<String, Books>();
    for (var tier : Tier.values()) {
      cheapest(tier, steps).forEach((tenant, books) -> best.merge(tenant, books, Hindsight::less));
    }
    return best.values().stream().reduce(Books.EMPTY, Books::plus);
  }

  /// What the best numbers of pings cost each tenant in one tier.
  private static Map<String, Books> cheapest(Tier tier, List<Step> steps) {
    var terms = Rules.BOTH.terms(tier);
    var cheapest = new HashMap<Bucket, Books>();
    for (int pings = 0; pings <= terms.clamp(); pings++) {
      RunThrough.run(Rules.Fixed.of(tier, pings), steps)
          .forEach((bucket, books) -> cheapest.merge(bucket, books, Hindsight::less));
    }
    var byTenant = new HashMap<String, Books>();
    cheapest.forEach((bucket, books) -> byTenant.merge(bucket.tenant(), books, Books::plus));
    return byTenant;
  }

  private static Books less(Books one, Books other) {
    return one.avoidable() <= other.avoidable() ? one : other;
  }
}
