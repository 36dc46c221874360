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

/// Says how many pings an idle period is worth, and which tier of the cache a request is to ask
/// for, by how long users stayed away before.
///
/// How long somebody stayed away is seen whatever was done meanwhile. So after each idle period all
/// rules that could have been followed are scored as if they had been: each tier, with each number
/// of pings. Nothing has to be tried out to be learned.
///
/// Counted are idle periods by length, for each tenant and each reason for which the model had
/// stopped, the newest weighing most. What is known of a tenant is mixed with [a few][#SHARED]
/// periods as all tenants have them, so that little knowledge leads to what is usual; what is known
/// of nobody leads to no pings. Expected of `K` pings, in plain tokens for each token of the
/// prefix, is
///
/// `sum over k = 1..K of P(idle at kI) r' + P(back after KI + T) (w - r)`
///
/// with `r' = r + e (w - r) + x`, `e` the share of pings that found the entry gone and wrote it
/// anew, and `x` what a ping costs beside reading. The `K` with the least is taken, and none above
/// [TierTerms#clamp()]. The `k`-th of them alone pays if and only if `P(back in ((k-1)I + T, kI +
/// T] | idle at kI) >= r' / (w - r)`.
///
/// Thread-safe.
public final class AdaptivePolicy {

  /// How many idle periods as all tenants have them a tenant is thought to have had.
  static final double SHARED = 8;

  /// How many idle periods without an end all tenants are thought to have had.
  static final double DOUBT = 20;

  /// What an idle period weighs after the next one of the same tenant, and of all tenants.
  static final double MEMORY = 0.995;

  static final double COMMON_MEMORY = 0.9998;

  /// How many pings and requests that found the entry each cache is thought to have had.
  static final double TRUST = 20;

  /// How many tenants are told apart; all others count as one.
  static final int MOST_TENANTS = 10_000;

  private static final String POOL = "";
  private static final String OTHERS = " ";
  private static final String STOP = "stop ";
  private static final String IDLE = "idle ";
  private static final String PINGS = "pings ";
  private static final String REQUESTS = "requests ";
  private static final int MOST_CACHES = 1_000;

  private final Map<String, Habits> tenants = new HashMap<>();
  private final Habits pool = new Habits(COMMON_MEMORY);
  private final Map<String, double[]> finds = new HashMap<>();
  private final Set<String> changedFinds = new HashSet<>();

  /// Knows nothing.
  public AdaptivePolicy() {}

  /// How idle periods are told apart: by what came before, and when it matters how long they are.
  private record Topic(StopReason stop, Duration timeToLive, Duration pingEvery, int mostPings) {

    Topic(StopReason stop, TierTerms terms) {
      this(stop, terms.timeToLive(), terms.pingEvery(), terms.mostPings());
    }

    TierTerms terms() {
      return new TierTerms(timeToLive, pingEvery, mostPings, 0, 0);
    }

    String text() {
      return "%s%s %d %d %d"
          .formatted(IDLE, stop, timeToLive.toMillis(), pingEvery.toMillis(), mostPings);
    }

    /// Null if it cannot be understood, as of another version; it is learned anew then.
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
        topic.terms().horizon();
        return topic;
      } catch (IllegalArgumentException | ArithmeticException _) {
        return null;
      }
    }
  }

  /// What is known of a tenant, or of all. Guarded by the policy.
  private static final class Habits {

    final Map<Topic, GapHistogram> gaps = new HashMap<>();
    final EnumMap<StopReason, Double> stops = new EnumMap<>(StopReason.class);
    final Set<Topic> changed = new HashSet<>();
    final double memory;

    Habits(double memory) {
      this.memory = memory;
    }

    GapHistogram gaps(Topic topic) {
      return gaps.computeIfAbsent(topic, wanted -> new GapHistogram(wanted.terms()));
    }

    void learn(StopReason stop, Tiers tiers, Duration idle, boolean comesBack) {
      stops.replaceAll((_, count) -> count * memory);
      stops.merge(stop, 1.0, Double::sum);
      learn(new Topic(stop, tiers.brief()), idle, comesBack);
      if (tiers.lasting() != null) {
        learn(new Topic(stop, tiers.lasting()), idle, comesBack);
      }
    }

    private void learn(Topic topic, Duration idle, boolean comesBack) {
      gaps(topic).add(idle, comesBack, memory);
      changed.add(topic);
    }
  }

  /// Learns that a user came back.
  ///
  /// @param stop for which the model had stopped before
  /// @param idle from the start of the request before to the start of the next
  public synchronized void returned(String tenant, StopReason stop, Tiers tiers, Duration idle) {
    learn(tenant, stop, tiers, idle, true);
  }

  /// Learns that a conversation was closed, or that its user stayed away beyond the
  /// [horizons][#horizon].
  ///
  /// @param idle from the start of the request before
  public synchronized void closed(String tenant, StopReason stop, Tiers tiers, Duration idle) {
    learn(tenant, stop, tiers, idle, false);
  }

  private void learn(
      String tenant, StopReason stop, Tiers tiers, Duration idle, boolean comesBack) {
    pool.learn(stop, tiers, idle, comesBack);
    habits(tenant).learn(stop, tiers, idle, comesBack);
  }

  private Habits habits(String tenant) {
    return tenants.computeIfAbsent(name(tenant), _ -> new Habits(MEMORY));
  }

  /// The same to be read only, so that it takes no room to ask about an unknown tenant.
  private Habits habitsToRead(String tenant) {
    return tenants.getOrDefault(name(tenant), new Habits(MEMORY));
  }

  private String name(String tenant) {
    return tenant.isEmpty() || isOneTooMany(tenant) ? OTHERS : tenant;
  }

  private boolean isOneTooMany(String tenant) {
    return tenants.size() >= MOST_TENANTS && !tenants.containsKey(tenant);
  }

  /// After how long it makes no difference any more when a user comes back.
  public static Duration horizon(Tiers tiers) {
    var brief = tiers.brief().horizon();
    var lasting = tiers.lasting() == null ? brief : tiers.lasting().horizon();
    return brief.compareTo(lasting) > 0 ? brief : lasting;
  }

  /// Learns what a ping found.
  ///
  /// @param wrote whether the entry was gone, so that it was written anew
  public synchronized void pinged(Tiers tiers, Tier tier, boolean wrote) {
    count(key(PINGS, tiers, tier), wrote);
  }

  /// Learns what a user's request found that came while the entry should have been there.
  ///
  /// @param tier that the request before had asked for
  /// @param wrote whether most of the entry was gone, so that it was written anew
  public synchronized void requested(Tiers tiers, Tier tier, boolean wrote) {
    count(key(REQUESTS, tiers, tier), wrote);
  }

  private void count(String key, boolean wrote) {
    if (finds.size() < MOST_CACHES || finds.containsKey(key)) {
      var counts = finds.computeIfAbsent(key, _ -> new double[2]);
      counts[0] = counts[0] * MEMORY + 1;
      counts[1] = counts[1] * MEMORY + (wrote ? 1 : 0);
      changedFinds.add(key);
    }
  }

  private static String key(String whose, Tiers tiers, Tier tier) {
    return whose + tier + ' ' + tiers.cache();
  }

  /// The share of pings that found the entry gone, from 0 to 1.
  public synchronized double gone(Tiers tiers, Tier tier) {
    return share(key(PINGS, tiers, tier));
  }

  private double share(String key) {
    var counts = finds.get(key);
    return counts == null ? 0 : counts[1] / (counts[0] + TRUST);
  }

  /// Which tier the next request is to ask for: the one whose idle periods are expected to cost
  /// least, with what the longer one costs more for all that is written, and with what is lost of
  /// entries that should be there.
  ///
  /// For which reason the model will stop is not known yet; it is expected as it was counted.
  public synchronized Tier tier(String tenant, Tiers tiers, Stakes stakes) {
    if (tiers.lasting() == null) {
      return Tier.BRIEF;
    }
    double surcharge = (tiers.lasting().write() - tiers.brief().write()) * stakes.writtenShare();
    return expected(tenant, tiers, Tier.LASTING, stakes) + surcharge
            < expected(tenant, tiers, Tier.BRIEF, stakes)
        ? Tier.LASTING
        : Tier.BRIEF;
  }

  private double expected(String tenant, Tiers tiers, Tier tier, Stakes stakes) {
    var shares = shares(tenant);
    double price = price(tiers, tier, stakes);
    double sum = 0;
    for (var share : shares.entrySet()) {
      var odds = odds(tenant, share.getKey(), tiers.terms(tier), 1);
      int pings = best(odds, tiers.terms(tier), 0, price);
      double lost = share(key(REQUESTS, tiers, tier)) * odds.inTime(pings) * tiers.brief().loss();
      sum += share.getValue() * (odds.cost(0, pings, price) + lost);
    }
    return sum;
  }

  /// How often the model stops for each reason.
  private Map<StopReason, Double> shares(String tenant) {
    var shares = new EnumMap<>(habitsToRead(tenant).stops);
    double all = sum(pool.stops);
    pool.stops.forEach((stop, count) -> shares.merge(stop, SHARED * count / all, Double::sum));
    double total = sum(shares);
    shares.replaceAll((_, count) -> count / total);
    return shares;
  }

  private static double sum(Map<StopReason, Double> counts) {
    return counts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// How many pings the idle period is worth that began with the last request.
  ///
  /// @param tier that the request asked for
  /// @param sent how many have been sent
  /// @param favour what the odds of coming back are multiplied by, for something that is known
  ///   beside; 1 for nothing
  public synchronized Plan plan(
      String tenant,
      StopReason stop,
      Tiers tiers,
      Tier tier,
      Stakes stakes,
      int sent,
      double favour) {
    var terms = tiers.terms(tier);
    double price = price(tiers, tier, stakes);
    double breakEven = terms.breakEven(price);
    int next = sent + 1;
    if (sent >= terms.mostPings()) {
      return new Plan(sent, next, 0, breakEven, 0);
    }
    var odds = odds(tenant, stop, terms, favour);
    int pings = best(odds, terms, sent, price);
    return new Plan(
        pings,
        next,
        odds.saves(next),
        breakEven,
        value(odds, sent, Math.max(pings, next), price) * stakes.prefixTokens());
  }

  /// What the pings up to one are worth, once the next is due.
  private static double value(Odds odds, int sent, int pings, double price) {
    double reached = odds.stillAway(sent + 1);
    return reached <= 0
        ? -price
        : (odds.cost(sent, sent, price) - odds.cost(sent, pings, price)) / reached;
  }

  private static int best(Odds odds, TierTerms terms, int sent, double price) {
    int best = sent;
    double least = odds.cost(sent, sent, price);
    for (int pings = sent + 1; pings <= terms.clamp(); pings++) {
      double cost = odds.cost(sent, pings, price);
      if (cost < least) {
        least = cost;
        best = pings;
      }
    }
    return best;
  }

  private double price(Tiers tiers, Tier tier, Stakes stakes) {
    var terms = tiers.terms(tier);
    return terms.read() + gone(tiers, tier) * terms.loss() + stakes.extraShare();
  }

  private Odds odds(String tenant, StopReason stop, TierTerms terms, double favour) {
    var topic = new Topic(stop, terms);
    var mixed = new GapHistogram(terms);
    var common = pool.gaps(topic);
    double all = common.total() + DOUBT;
    mixed.add(common, SHARED / all);
    mixed.addEndless(SHARED * DOUBT / all);
    mixed.add(habitsToRead(tenant).gaps(topic), 1);
    return new Odds(terms, mixed, favour);
  }

  /// What was learned since this was asked last.
  public synchronized List<Learned> changed() {
    var all = new ArrayList<Learned>();
    add(all, POOL, pool);
    tenants.forEach((tenant, habits) -> add(all, tenant, habits));
    for (var key : changedFinds) {
      var counts = finds.get(key);
      if (counts != null) {
        all.add(new Learned(POOL, key, list(counts)));
      }
    }
    changedFinds.clear();
    return all;
  }

  private static void add(List<Learned> all, String tenant, Habits habits) {
    if (!habits.changed.isEmpty()) {
      habits.stops.forEach(
          (stop, count) -> all.add(new Learned(tenant, STOP + stop, List.of(count))));
    }
    for (var topic : habits.changed) {
      all.add(new Learned(tenant, topic.text(), list(habits.gaps(topic).counts())));
    }
    habits.changed.clear();
  }

  /// Is told that parts were not kept, so that they are told again.
  public synchronized void keepAgain(List<Learned> parts) {
    for (var part : parts) {
      if (isFind(part)) {
        changedFinds.add(part.topic());
      } else {
        var habits = of(part);
        habits.changed.addAll(habits.gaps.keySet());
      }
    }
  }

  private static List<Double> list(double[] counts) {
    return Arrays.stream(counts).boxed().toList();
  }

  /// Takes what another one had learned for its own. What cannot be understood is left out.
  public synchronized void learn(List<Learned> parts) {
    for (var part : parts) {
      var counts = part.counts().stream().mapToDouble(Double::doubleValue).toArray();
      if (Arrays.stream(counts).allMatch(count -> Double.isFinite(count) && count >= 0)) {
        learn(part, counts);
      }
    }
  }

  private void learn(Learned part, double[] counts) {
    if (part.topic().startsWith(STOP) && counts.length == 1) {
      stop(part.topic().substring(STOP.length()))
          .ifPresent(stop -> of(part).stops.put(stop, counts[0]));
    } else if (isFind(part) && counts.length == 2 && counts[1] <= counts[0]) {
      finds.put(part.topic(), counts);
    } else {
      var topic = Topic.parse(part.topic());
      if (topic != null && counts.length == GapHistogram.counts(topic.mostPings())) {
        of(part).gaps.put(topic, new GapHistogram(topic.terms(), counts));
      }
    }
  }

  private static boolean isFind(Learned part) {
    return part.topic().startsWith(PINGS) || part.topic().startsWith(REQUESTS);
  }

  private Habits of(Learned part) {
    return part.tenant().equals(POOL) ? pool : habits(part.tenant());
  }

  private static Optional<StopReason> stop(String name) {
    return Arrays.stream(StopReason.values()).filter(stop -> stop.name().equals(name)).findFirst();
  }
}
