package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.StopReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Synthetic traffic of conversations, the same for the same seed.
///
/// Half of the tenants are people, whose idle times are log-normal: after the end of a turn with a
/// median of 150 s and 37 % above 300 s, after a tool call with a median of 5 s and 0.74 % above
/// 300 s; both are equally frequent. A fifth are programs that call tools in a loop. A tenth have
/// exponential idle times with a mean of 10 minutes. The rest are idle for a moment (60 %), a
/// meeting (25 %) or overnight (15 %). Each tenant's pace varies log-normally with sigma 0.5, and
/// it abandons its conversations after each end of a turn with a probability that is Beta(2, 18)
/// over the tenants. An abandoned conversation is closed eight hours later. A context begins with
/// about 12,000 tokens, and is compacted when it reaches 180,000.
final class Traffic {

  static final long GIVEN_UP_MILLIS = 8 * 3_600_000L;
  private static final int TENANTS = 90;
  private static final int GAPS = 23_000;
  private static final double PACE = 0.5;
  private static final long LARGEST = 180_000;
  private static final long SPREAD_MILLIS = 14 * 24 * 3_600_000L;

  private final RandomGenerator random;
  private final double addedTokens;
  private final List<TrafficEvent> steps = new ArrayList<>();

  private enum Kind {
    PERSON,
    LOOP,
    EXPONENTIAL,
    BIMODAL
  }

  private Traffic(long seed, double addedTokens) {
    this.random = new SplittableRandom(seed);
    this.addedTokens = addedTokens;
  }

  /// Traffic of all kinds of tenants.
  ///
  /// @param addedTokens the mean number of tokens that a turn adds
  static List<TrafficEvent> mixed(long seed, double addedTokens) {
    var traffic = new Traffic(seed, addedTokens);
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      double place = (tenant + 0.5) / TENANTS;
      var kind =
          place < 0.5
              ? Kind.PERSON
              : place < 0.7 ? Kind.LOOP : place < 0.8 ? Kind.EXPONENTIAL : Kind.BIMODAL;
      traffic.tenant("tenant-" + tenant, kind);
    }
    return traffic.inOrder();
  }

  /// Traffic of programs that call tools only.
  static List<TrafficEvent> loops(long seed, double addedTokens) {
    var traffic = new Traffic(seed, addedTokens);
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      traffic.tenant("tenant-" + tenant, Kind.LOOP);
    }
    return traffic.inOrder();
  }

  private List<TrafficEvent> inOrder() {
    steps.sort(
        Comparator.comparingLong(TrafficEvent::atMillis).thenComparing(TrafficEvent::conversation));
    return List.copyOf(steps);
  }

  private void tenant(String name, Kind kind) {
    double pace = Math.exp(PACE * random.nextGaussian());
    double givesUp = beta(2, 18);
    int left = GAPS / TENANTS;
    for (int i = 0; left > 0; i++) {
      left -= conversation(name, name + "/" + i, kind, pace, givesUp, left);
    }
  }

  /// Adds a conversation, and returns its number of gaps.
  private int conversation(
      String tenant, String id, Kind kind, double pace, double givesUp, int most) {
    double at = random.nextDouble() * SPREAD_MILLIS;
    long first = (long) Math.clamp(12_000 * Math.exp(0.6 * random.nextGaussian()), 4_000, 60_000);
    long prompt = first;
    long added = first;
    for (int gaps = 1; ; gaps++) {
      boolean last = gaps >= most;
      var stop = stop(kind, givesUp);
      boolean isGivenUp =
          last
              || (stop == StopReason.END_OF_TURN
                  && (kind == Kind.LOOP || random.nextDouble() < givesUp));
      steps.add(new TrafficEvent((long) at, tenant, id, stop, prompt, added));
      if (isGivenUp) {
        steps.add(new TrafficEvent((long) at + GIVEN_UP_MILLIS, tenant, id, null, 0, 0));
        return gaps;
      }
      at += Math.max(1_000, 1_000 * pace * seconds(kind, stop));
      added = (long) Math.max(50, addedTokens * Math.exp(0.5 * random.nextGaussian() - 0.125));
      prompt += added;
      if (prompt > LARGEST) {
        prompt = 2 * first;
        added = prompt;
      }
    }
  }

  private StopReason stop(Kind kind, double givesUp) {
    boolean tool =
        switch (kind) {
          case PERSON -> random.nextBoolean();
          case LOOP -> random.nextDouble() >= givesUp;
          case EXPONENTIAL, BIMODAL -> false;
        };
    return tool ? StopReason.TOOL_USE : StopReason.END_OF_TURN;
  }

  /// An idle time before the tenant's pace, with which 37 % and 0.74 % hold over all tenants.
  private double seconds(Kind kind, StopReason stop) {
    return switch (kind) {
      case PERSON ->
          stop == StopReason.TOOL_USE
              ? logNormal(5, within(300 / 5.0, 2.437))
              : logNormal(150, within(300 / 150.0, 0.3319));
      case LOOP -> logNormal(8, 1.2);
      case EXPONENTIAL -> -600 * Math.log(1 - random.nextDouble());
      case BIMODAL -> {
        double what = random.nextDouble();
        yield what < 0.6
            ? logNormal(60, 0.8)
            : what < 0.85 ? logNormal(45 * 60, 0.3) : logNormal(14 * 3600, 0.15);
      }
    };
  }

  /// The sigma within a tenant, if the total is `ln ratio / z`.
  private static double within(double ratio, double z) {
    double whole = Math.log(ratio) / z;
    return Math.sqrt(whole * whole - PACE * PACE);
  }

  private double logNormal(double median, double sigma) {
    return median * Math.exp(sigma * random.nextGaussian());
  }

  /// A beta variate by two gammas with integer shapes, which are sums of exponentials.
  private double beta(int a, int b) {
    double one = gamma(a);
    return one / (one + gamma(b));
  }

  private double gamma(int shape) {
    double sum = 0;
    for (int i = 0; i < shape; i++) {
      sum -= Math.log(1 - random.nextDouble());
    }
    return sum;
  }
}
