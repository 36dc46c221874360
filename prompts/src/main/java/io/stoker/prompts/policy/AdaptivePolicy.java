package io.stoker.prompts.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides how many warms an idle period is worth, and which cache tier a request asks for, from
/// how long users stayed away before.
///
/// The length of an idle period does not depend on what was done during it. So after each one,
/// every tier with every number of warms can be scored as if it had been used, and no exploration
/// is needed.
///
/// It keeps a histogram of idle periods for each tenant and each reason for which the model
/// stopped, with exponential decay. To the counts of a tenant it adds [a few][#ASSUMED_SHARED]
/// periods with the distribution of all tenants, so that new tenants get the usual estimate;
/// without any data, no warms are sent. The expected cost of `K` warms, in uncached input tokens
/// per token of the prefix, is
///
/// `sum over k = 1..K of P(idle at kI) r' + P(back after KI + T) (w - r)`
///
/// with `r' = r + e (w - r) + x`, where `e` is the share of warms that missed and wrote the entry
/// again, and `x` is what a warm costs besides reading. The `K` with the lowest cost is chosen, up
/// to [CachePricing#maxWorthwhileWarms()]. The `k`-th warm alone pays if and only if `P(back in
/// ((k-1)I + T, kI + T] | idle at kI) >= r' / (w - r)`.
///
/// Thread-safe.
public final class AdaptivePolicy {

  /// Prior weight of the shared distribution in a tenant's counts, in idle periods.
  static final double ASSUMED_SHARED = 8;

  /// Prior number of users who never came back, in the shared counts.
  static final double ASSUMED_NEVER_RETURNED = 20;

  /// Factor by which earlier counts of a tenant decay with each new idle period.
  static final double DECAY = 0.995;

  static final double SHARED_DECAY = 0.9998;

  /// Prior number of hits of each cache.
  static final double ASSUMED_HITS = 20;

  /// The number of tenants with counts of their own; all others share one.
  static final int MAX_TENANTS = 10_000;

  private static final String ALL_TENANTS = "";
  private static final String OTHER_TENANTS = " ";
  private static final String STOP = "stop ";
  private static final String IDLE = "idle ";
  private static final String WARMS = "pings ";
  private static final String REQUESTS = "requests ";
  private static final int MAX_CACHES = 1_000;

  private final Map<String, ReturnStatistics> tenants = new HashMap<>();
  private final ReturnStatistics allTenants = new ReturnStatistics(SHARED_DECAY);
  private final Map<String, double[]> missCounts = new HashMap<>();
  private final Set<String> changedMissCounts = new HashSet<>();

  /// A policy without data.
  public AdaptivePolicy() {}

  /// The key of a histogram: why the model stopped, and the timing that sets the windows.
  private record Topic(StopReason stop, Duration timeToLive, Duration warmEvery, int maxWarms) {

    Topic(StopReason stop, CachePricing pricing) {
      this(stop, pricing.timeToLive(), pricing.warmEvery(), pricing.maxWarms());
    }

    CachePricing pricing() {
      return new CachePricing(timeToLive, warmEvery, maxWarms, 0, 0);
    }

    String text() {
      return "%s%s %d %d %d"
          .formatted(IDLE, stop, timeToLive.toMillis(), warmEvery.toMillis(), maxWarms);
    }

    /// Null if it cannot be parsed, for example when another version wrote it.
    static @Nullable Topic parse(String text) {
      var words = text.split(" ", -1);
      if (!text.startsWith(IDLE) || words.length != 5) {
        return null;
      }
      try {
        var topic =
            new Topic(
                StopReason.valueOf(words[1]),
                Duration.ofMillis(Long.parseLong(words[2])),
                Duration.ofMillis(Long.parseLong(words[3])),
                Integer.parseInt(words[4]));
        topic.pricing().horizon();
        return topic;
      } catch (IllegalArgumentException | ArithmeticException _) {
        return null;
      }
    }
  }

  /// The counts of one tenant, or of all. Guarded by the policy.
  private static final class ReturnStatistics {

    final Map<Topic, GapHistogram> gaps = new HashMap<>();
    final EnumMap<StopReason, Double> stops = new EnumMap<>(StopReason.class);
    final Set<Topic> changed = new HashSet<>();
    final double decay;

    ReturnStatistics(double decay) {
      this.decay = decay;
    }

    GapHistogram gaps(Topic topic) {
      return gaps.computeIfAbsent(topic, key -> new GapHistogram(key.pricing()));
    }

    void learn(StopReason stop, CacheTiers tiers, Duration idle, boolean comesBack) {
      stops.replaceAll((_, count) -> count * decay);
      stops.merge(stop, 1.0, Double::sum);
      learn(new Topic(stop, tiers.brief()), idle, comesBack);
      if (tiers.lasting() != null) {
        learn(new Topic(stop, tiers.lasting()), idle, comesBack);
      }
    }

    private void learn(Topic topic, Duration idle, boolean comesBack) {
      gaps(topic).add(idle, comesBack, decay);
      changed.add(topic);
    }
  }

  /// Learns that a user came back.
  ///
  /// @param stop why the model had stopped
  /// @param idle from the start of the previous request to the start of the next
  public synchronized void returned(
      String tenant, StopReason stop, CacheTiers tiers, Duration idle) {
    learn(tenant, stop, tiers, idle, true);
  }

  /// Learns that a conversation was closed, or that its user stayed away beyond the
  /// [horizon][#horizon].
  ///
  /// @param idle from the start of the previous request
  public synchronized void closed(String tenant, StopReason stop, CacheTiers tiers, Duration idle) {
    learn(tenant, stop, tiers, idle, false);
  }

  private void learn(
      String tenant, StopReason stop, CacheTiers tiers, Duration idle, boolean comesBack) {
    allTenants.learn(stop, tiers, idle, comesBack);
    statistics(tenant).learn(stop, tiers, idle, comesBack);
  }

  private ReturnStatistics statistics(String tenant) {
    return tenants.computeIfAbsent(name(tenant), _ -> new ReturnStatistics(DECAY));
  }

  /// For reading: does not add an unknown tenant.
  private ReturnStatistics statisticsOrEmpty(String tenant) {
    return tenants.getOrDefault(name(tenant), new ReturnStatistics(DECAY));
  }

  private String name(String tenant) {
    return tenant.isEmpty() || isOneTooMany(tenant) ? OTHER_TENANTS : tenant;
  }

  private boolean isOneTooMany(String tenant) {
    return tenants.size() >= MAX_TENANTS && !tenants.containsKey(tenant);
  }

  /// After this time, it no longer matters when a user comes back.
  public static Duration horizon(CacheTiers tiers) {
    var brief = tiers.brief().horizon();
    var lasting = tiers.lasting() == null ? brief : tiers.lasting().horizon();
    return brief.compareTo(lasting) > 0 ? brief : lasting;
  }

  /// Learns whether a warm found the entry.
  ///
  /// @param wrote whether it missed, and wrote the entry again
  public synchronized void warmed(CacheTiers tiers, CacheTier tier, boolean wrote) {
    count(key(WARMS, tiers, tier), wrote);
  }

  /// Learns whether a user's request found an entry that should have been cached.
  ///
  /// @param tier of the previous request
  /// @param wrote whether most of the entry was missing and written again
  public synchronized void requested(CacheTiers tiers, CacheTier tier, boolean wrote) {
    count(key(REQUESTS, tiers, tier), wrote);
  }

  private void count(String key, boolean wrote) {
    if (missCounts.size() < MAX_CACHES || missCounts.containsKey(key)) {
      var counts = missCounts.computeIfAbsent(key, _ -> new double[2]);
      counts[0] = counts[0] * DECAY + 1;
      counts[1] = counts[1] * DECAY + (wrote ? 1 : 0);
      changedMissCounts.add(key);
    }
  }

  private static String key(String whose, CacheTiers tiers, CacheTier tier) {
    return whose + tier + ' ' + tiers.model();
  }

  /// The share of warms that missed, from 0 to 1.
  public synchronized double missRate(CacheTiers tiers, CacheTier tier) {
    return share(key(WARMS, tiers, tier));
  }

  private double share(String key) {
    var counts = missCounts.get(key);
    return counts == null ? 0 : counts[1] / (counts[0] + ASSUMED_HITS);
  }

  /// The tier that the next request should ask for: the one with the lowest expected cost,
  /// including the higher write price of the longer tier and the expected cost of misses.
  ///
  /// The reason for which the model will stop is not known yet, so it is weighted by past
  /// frequency.
  public synchronized CacheTier tier(String tenant, CacheTiers tiers, PromptSize promptSize) {
    if (tiers.lasting() == null) {
      return CacheTier.BRIEF;
    }
    double surcharge =
        (tiers.lasting().write() - tiers.brief().write()) * promptSize.writtenShare();
    return expected(tenant, tiers, CacheTier.LASTING, promptSize) + surcharge
            < expected(tenant, tiers, CacheTier.BRIEF, promptSize)
        ? CacheTier.LASTING
        : CacheTier.BRIEF;
  }

  private double expected(String tenant, CacheTiers tiers, CacheTier tier, PromptSize promptSize) {
    var shares = shares(tenant);
    double price = price(tiers, tier, promptSize);
    double sum = 0;
    for (var share : shares.entrySet()) {
      var probabilities = probabilities(tenant, share.getKey(), tiers.pricing(tier), 1);
      int warms = best(probabilities, tiers.pricing(tier), 0, price);
      double lost =
          share(key(REQUESTS, tiers, tier))
              * probabilities.inTime(warms)
              * tiers.brief().missCost();
      sum += share.getValue() * (probabilities.cost(0, warms, price) + lost);
    }
    return sum;
  }

  /// The relative frequency of each stop reason.
  private Map<StopReason, Double> shares(String tenant) {
    var shares = new EnumMap<>(statisticsOrEmpty(tenant).stops);
    double all = sum(allTenants.stops);
    allTenants.stops.forEach(
        (stop, count) -> shares.merge(stop, ASSUMED_SHARED * count / all, Double::sum));
    double total = sum(shares);
    shares.replaceAll((_, count) -> count / total);
    return shares;
  }

  private static double sum(Map<StopReason, Double> counts) {
    return counts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// How many warms the current idle period is worth.
  ///
  /// @param tier of the last request
  /// @param sent warms sent so far
  /// @param oddsRatio a factor on the odds of coming back, for evidence that is not in the counts;
  ///   1 for none
  public synchronized WarmPlan plan(
      String tenant,
      StopReason stop,
      CacheTiers tiers,
      CacheTier tier,
      PromptSize promptSize,
      int sent,
      double oddsRatio) {
    var pricing = tiers.pricing(tier);
    double price = price(tiers, tier, promptSize);
    double breakEven = pricing.breakEven(price);
    int next = sent + 1;
    if (sent >= pricing.maxWarms()) {
      return new WarmPlan(sent, next, 0, breakEven, 0);
    }
    var probabilities = probabilities(tenant, stop, pricing, oddsRatio);
    int warms = best(probabilities, pricing, sent, price);
    return new WarmPlan(
        warms,
        next,
        probabilities.saves(next),
        breakEven,
        value(probabilities, sent, Math.max(warms, next), price) * promptSize.prefixTokens());
  }

  /// The expected net value of the warms up to `warms`, given that the user is still away when the
  /// next one is due.
  private static double value(
      ReturnProbabilities probabilities, int sent, int warms, double price) {
    double reached = probabilities.stillAway(sent + 1);
    return reached <= 0
        ? -price
        : (probabilities.cost(sent, sent, price) - probabilities.cost(sent, warms, price))
            / reached;
  }

  private static int best(
      ReturnProbabilities probabilities, CachePricing pricing, int sent, double price) {
    int best = sent;
    double least = probabilities.cost(sent, sent, price);
    for (int warms = sent + 1; warms <= pricing.maxWorthwhileWarms(); warms++) {
      double cost = probabilities.cost(sent, warms, price);
      if (cost < least) {
        least = cost;
        best = warms;
      }
    }
    return best;
  }

  private double price(CacheTiers tiers, CacheTier tier, PromptSize promptSize) {
    var pricing = tiers.pricing(tier);
    return pricing.read() + missRate(tiers, tier) * pricing.missCost() + promptSize.extraShare();
  }

  private ReturnProbabilities probabilities(
      String tenant, StopReason stop, CachePricing pricing, double oddsRatio) {
    var topic = new Topic(stop, pricing);
    var mixed = new GapHistogram(pricing);
    var common = allTenants.gaps(topic);
    double all = common.total() + ASSUMED_NEVER_RETURNED;
    mixed.add(common, ASSUMED_SHARED / all);
    mixed.addNeverReturned(ASSUMED_SHARED * ASSUMED_NEVER_RETURNED / all);
    mixed.add(statisticsOrEmpty(tenant).gaps(topic), 1);
    return new ReturnProbabilities(pricing, mixed, oddsRatio);
  }

  /// The counts that have changed since the last call.
  public synchronized List<LearnedCounts> changed() {
    var all = new ArrayList<LearnedCounts>();
    add(all, ALL_TENANTS, allTenants);
    tenants.forEach((tenant, statistics) -> add(all, tenant, statistics));
    for (var key : changedMissCounts) {
      var counts = missCounts.get(key);
      if (counts != null) {
        all.add(new LearnedCounts(ALL_TENANTS, key, list(counts)));
      }
    }
    changedMissCounts.clear();
    return all;
  }

  private static void add(List<LearnedCounts> all, String tenant, ReturnStatistics statistics) {
    if (!statistics.changed.isEmpty()) {
      statistics.stops.forEach(
          (stop, count) -> all.add(new LearnedCounts(tenant, STOP + stop, List.of(count))));
    }
    for (var topic : statistics.changed) {
      all.add(new LearnedCounts(tenant, topic.text(), list(statistics.gaps(topic).counts())));
    }
    statistics.changed.clear();
  }

  /// Returns these counts with the next [#changed()], because they were not saved.
  public synchronized void markChanged(List<LearnedCounts> parts) {
    for (var part : parts) {
      if (isMissCount(part)) {
        changedMissCounts.add(part.topic());
      } else {
        var statistics = of(part);
        statistics.changed.addAll(statistics.gaps.keySet());
      }
    }
  }

  private static List<Double> list(double[] counts) {
    return Arrays.stream(counts).boxed().toList();
  }

  /// Replaces its counts by saved ones. What cannot be parsed is ignored.
  public synchronized void learn(List<LearnedCounts> parts) {
    for (var part : parts) {
      var counts = part.counts().stream().mapToDouble(Double::doubleValue).toArray();
      if (Arrays.stream(counts).allMatch(count -> Double.isFinite(count) && count >= 0)) {
        learn(part, counts);
      }
    }
  }

  private void learn(LearnedCounts part, double[] counts) {
    if (part.topic().startsWith(STOP) && counts.length == 1) {
      stop(part.topic().substring(STOP.length()))
          .ifPresent(stop -> of(part).stops.put(stop, counts[0]));
    } else if (isMissCount(part) && counts.length == 2 && counts[1] <= counts[0]) {
      missCounts.put(part.topic(), counts);
    } else {
      var topic = Topic.parse(part.topic());
      if (topic != null && counts.length == GapHistogram.counts(topic.maxWarms())) {
        of(part).gaps.put(topic, new GapHistogram(topic.pricing(), counts));
      }
    }
  }

  private static boolean isMissCount(LearnedCounts part) {
    return part.topic().startsWith(WARMS) || part.topic().startsWith(REQUESTS);
  }

  private ReturnStatistics of(LearnedCounts part) {
    return part.tenant().equals(ALL_TENANTS) ? allTenants : statistics(part.tenant());
  }

  private static Optional<StopReason> stop(String name) {
    return Arrays.stream(StopReason.values()).filter(stop -> stop.name().equals(name)).findFirst();
  }
}
