package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PromptSize;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Replays traffic in order of time under a rule, and sums up its costs.
///
/// A request is processed in the order of a server: the idle period before it ends, and the rule
/// learns its length; the cached part of the prompt, and so the part to write, becomes known; the
/// rule chooses the tier; only then is the stop reason known, and the rule decides how many pings
/// the next idle period is worth.
///
/// Prices are the provider's published ones. A request reads the longest cached prefix of its
/// prompt, and writes the rest at the price of the tier that it asks for (section "Mixing different
/// TTLs": read up to `A`, the highest hit; written `B - A` for an hour, `C - B` for five minutes).
/// It writes one entry for the whole prompt ("a hash of the prefix ending at that block"), and
/// using an entry renews it at no cost; so the prompt has the TTL of the last request that used it:
/// [CacheLifetime#WHOLE]. The documentation implies, but does not state, that a part written for
/// five minutes then lasts an hour; [CacheLifetime#IN_PARTS] assumes that it does not.
///
/// Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
///
/// Confined to one thread, and for one run.
final class Replay {

  /// The cost of a ping's own tokens, in uncached prompt tokens: 10, and one output token at five
  /// times the price.
  static final double PING_TOKENS = 15;

  /// The group for which costs are summed up.
  ///
  /// @param stop the stop reason before the idle period
  record Bucket(String tenant, StopReason stop) {}

  /// A listener for the end of each idle period.
  interface Watcher {

    /// Called with the cached prompt and the number of pings sent.
    void ended(CachedPrompt held, int sent);
  }

  private static final class Idle {
    final TrafficEvent step;
    final Bucket bucket;
    final CachedPrompt held;
    final int decided;
    boolean learned;

    Idle(TrafficEvent step, Bucket bucket, CachedPrompt held, int decided) {
      this.step = step;
      this.bucket = bucket;
      this.held = held;
      this.decided = decided;
    }

    Duration until(long atMillis) {
      return Duration.ofMillis(atMillis - step.atMillis());
    }

    /// The number of pings sent until then.
    int sent(long atMillis) {
      return held.terms().warmsSent(until(atMillis), decided);
    }
  }

  private final Rule rule;
  private final CacheLifetime keeping;
  private final Watcher watcher;
  private final Map<String, Idle> idles = new HashMap<>();
  private final ArrayDeque<Idle> unlearned = new ArrayDeque<>();
  private final Map<Bucket, Costs> costs = new HashMap<>();

  Replay(Rule rule, CacheLifetime keeping, Watcher watcher) {
    this.rule = rule;
    this.keeping = keeping;
    this.watcher = watcher;
  }

  /// The total costs of a rule.
  static Costs sum(Rule rule, List<TrafficEvent> steps) {
    return sum(run(rule, steps));
  }

  static Costs sum(Map<Bucket, Costs> costs) {
    return costs.values().stream().reduce(Costs.EMPTY, Costs::plus);
  }

  static Map<Bucket, Costs> run(Rule rule, List<TrafficEvent> steps) {
    return new Replay(rule, CacheLifetime.WHOLE, (_, _) -> {}).run(steps);
  }

  /// Replays the traffic.
  ///
  /// @param steps the traffic, in order of time
  Map<Bucket, Costs> run(List<TrafficEvent> steps) {
    var lengths = lengths(steps);
    for (int i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      learnOfThoseWhoStayAway(step.atMillis());
      var idle = idles.remove(step.conversation());
      var stop = step.stop();
      if (stop != null) {
        request(step, stop, idle, lengths.get(i));
      } else if (idle != null) {
        ended(idle, step.atMillis(), false);
      }
    }
    idles.values().forEach(idle -> open(idle, steps.getLast().atMillis()));
    return costs;
  }

  /// The length of each idle period; null if the user does not come back.
  private static List<@Nullable Duration> lengths(List<TrafficEvent> steps) {
    var next = new HashMap<String, TrafficEvent>();
    var lengths = new ArrayList<@Nullable Duration>();
    for (var step : steps.reversed()) {
      var after = next.put(step.conversation(), step);
      lengths.add(
          after == null || after.stop() == null
              ? null
              : Duration.ofMillis(after.atMillis() - step.atMillis()));
    }
    return lengths.reversed();
  }

  private void learnOfThoseWhoStayAway(long now) {
    while (!unlearned.isEmpty()
        && unlearned.peek().step.atMillis() + Rules.HORIZON.toMillis() < now) {
      learn(unlearned.poll(), Rules.HORIZON, false);
    }
  }

  private void learn(Idle idle, Duration length, boolean comesBack) {
    if (!idle.learned) {
      idle.learned = true;
      rule.learn(idle.bucket.tenant(), idle.bucket.stop(), length, comesBack);
    }
  }

  private void request(
      TrafficEvent step, StopReason stop, @Nullable Idle idle, @Nullable Duration length) {
    long known = step.prompt() - step.added();
    int sent = idle == null ? 0 : idle.sent(step.atMillis());
    long found = known;
    if (idle != null) {
      found = Math.min(known, found(idle, step.atMillis(), sent));
      if (known > 0 && idle.held.terms().isCached(idle.until(step.atMillis()), sent)) {
        rule.requested(idle.held.tier(), found < known / 2);
      }
      ended(idle, step.atMillis(), true);
    }
    var stakes = new PromptSize(step.prompt(), step.prompt() - found, PING_TOKENS);
    var tier = rule.tier(step.tenant(), stakes, length);
    var terms = rule.terms(tier);
    var bucket = new Bucket(step.tenant(), stop);
    count(
        idle == null ? bucket : idle.bucket,
        new Costs(
            0,
            Rules.BRIEF.missCost() * (known - found),
            (terms.write() - Rules.BRIEF.write()) * stakes.writtenTokens(),
            Rules.BRIEF.read() * known + Rules.BRIEF.write() * step.added(),
            0,
            0));
    var before = idle == null ? new CachedPrompt(keeping, tier, terms, known, known) : idle.held;
    var held = before.then(sent, found, tier, terms, step.prompt());
    int decided = rule.pings(step.tenant(), stop, tier, stakes, length);
    var next = new Idle(step, bucket, held, decided);
    idles.put(step.conversation(), next);
    unlearned.add(next);
  }

  private long found(Idle idle, long atMillis, int sent) {
    var other = idle.held.tier() == CacheTier.BRIEF ? Rules.LASTING : Rules.BRIEF;
    return idle.held.found(idle.until(atMillis), sent, other.timeToLive());
  }

  private void ended(Idle idle, long atMillis, boolean comesBack) {
    int sent = idle.sent(atMillis);
    double cost = cost(idle.held, sent);
    boolean firstWrote = idle.held.writtenByPings(sent) > idle.held.tokens() / 2;
    for (int ping = 1; ping <= sent; ping++) {
      rule.pinged(idle.held.tier(), ping == 1 && firstWrote);
    }
    count(idle.bucket, new Costs(cost, 0, 0, 0, comesBack ? 0 : cost, sent));
    learn(idle, idle.until(atMillis), comesBack);
    watcher.ended(idle.held, sent);
  }

  /// The outcome of an open idle period is unknown: its pings count neither as wasted nor as
  /// useful.
  private void open(Idle idle, long atMillis) {
    int sent = idle.sent(atMillis);
    count(idle.bucket, new Costs(cost(idle.held, sent), 0, 0, 0, 0, sent));
  }

  private static double cost(CachedPrompt held, int sent) {
    var terms = held.terms();
    return sent * (terms.read() * held.tokens() + PING_TOKENS)
        + terms.missCost() * held.writtenByPings(sent);
  }

  private void count(Bucket bucket, Costs more) {
    costs.merge(bucket, more, Costs::plus);
  }
}
