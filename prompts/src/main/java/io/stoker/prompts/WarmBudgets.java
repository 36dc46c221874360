package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.prompts.PromptLedger.By;
import io.stoker.prompts.PromptLedger.Range;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The daily budgets of the server, its tenants and its conversations. A day begins at midnight,
/// UTC.
///
/// The expected cost of a warm is reserved before it is sent, then replaced by the actual cost. So
/// a budget is exceeded at most by the unexpected cost of the warms in flight and, if several
/// processes share a ledger, by what the others have spent since the last refresh. The ledger is
/// read without holding the lock, so that budgets that are known never wait for it. Thread-safe.
final class WarmBudgets {

  private static final String ALL = "all";
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  private final WarmingPolicy policy;
  private final PromptLedger ledger;
  private final Time time;

  /// By scope, in micro-dollars: the sum in the ledger, minus what was charged here when it was
  /// read.
  private final Map<String, Long> baseline = new HashMap<>();

  /// By scope: what was charged here today.
  private final Map<String, Long> charged = new HashMap<>();

  /// By scope: what is reserved for warms in flight.
  private final Map<String, Long> reserved = new HashMap<>();

  private Instant day = Instant.MIN;

  WarmBudgets(WarmingPolicy policy, PromptLedger ledger, Time time) {
    this.policy = policy;
    this.ledger = ledger;
    this.time = time;
  }

  /// The budget that does not allow a warm; null if all do.
  ///
  /// @param expected its cost, in micro-dollars
  @Nullable String refusal(Conversation conversation, long expected) {
    while (true) {
      synchronized (this) {
        if (isLoaded(conversation)) {
          return exceeded(conversation, expected);
        }
      }
      readLedger(conversation);
    }
  }

  private @Nullable String exceeded(Conversation conversation, long expected) {
    var tenant = conversation.tenant();
    if (isOver(policy.dailyBudget(), ALL, expected)) {
      return "the daily budget of " + dollars(policy.dailyBudget()) + " is spent";
    }
    var tenants = policy.tenant(tenant).dailyBudget();
    if (isOver(tenants, ofTenant(tenant), expected)) {
      return "the daily budget of tenant " + tenant + ", " + dollars(tenants) + ", is spent";
    }
    var own = conversation.dailyBudget();
    return isOver(own, of(conversation), expected)
        ? "the daily budget of this conversation, " + dollars(own) + ", is spent"
        : null;
  }

  private boolean isOver(@Nullable Long budget, String scope, long expected) {
    return budget != null && sum(scope) + expected > budget;
  }

  private long sum(String scope) {
    return baseline.getOrDefault(scope, 0L)
        + charged.getOrDefault(scope, 0L)
        + reserved.getOrDefault(scope, 0L);
  }

  /// Reserves the cost of a warm, unless a budget does not allow it.
  ///
  /// @return the budget that does not; null if the cost was reserved
  @Nullable String reserve(Conversation conversation, long expected) {
    while (true) {
      synchronized (this) {
        if (isLoaded(conversation)) {
          var refusal = exceeded(conversation, expected);
          if (refusal == null) {
            add(reserved, conversation, expected);
            reserved.merge(of(conversation), expected, Long::sum);
          }
          return refusal;
        }
      }
      readLedger(conversation);
    }
  }

  /// Replaces a reservation by the actual cost.
  synchronized void charge(Conversation conversation, long expected, long cost) {
    resetOnNewDay();
    add(reserved, conversation, -expected);
    reserved.computeIfPresent(
        of(conversation), (_, before) -> before == expected ? null : before - expected);
    add(charged, conversation, cost);
    charged.computeIfPresent(of(conversation), (_, before) -> before + cost);
  }

  /// The amount spent today including reservations, in micro-dollars.
  long spentToday() {
    return spentTodayIn(ALL);
  }

  /// The same for a tenant.
  long spentToday(String tenant) {
    return spentTodayIn(ofTenant(tenant));
  }

  private long spentTodayIn(String scope) {
    while (true) {
      synchronized (this) {
        resetOnNewDay();
        if (baseline.containsKey(ALL)) {
          return sum(scope);
        }
      }
      refresh();
    }
  }

  private static void add(Map<String, Long> sums, Conversation conversation, long amount) {
    sums.merge(ALL, amount, Long::sum);
    sums.merge(ofTenant(conversation.tenant()), amount, Long::sum);
  }

  /// Resets the sums on a new day.
  private void resetOnNewDay() {
    var today = time.now().truncatedTo(ChronoUnit.DAYS);
    if (!day.equals(today)) {
      charged.clear();
      if (!baseline.isEmpty()) {
        baseline.clear();
        baseline.put(ALL, 0L);
      }
      day = today;
    }
  }

  private boolean isLoaded(Conversation conversation) {
    resetOnNewDay();
    return baseline.containsKey(ALL)
        && (conversation.dailyBudget() == null || baseline.containsKey(of(conversation)));
  }

  /// What was charged here when the ledger was read.
  private record Reading(Instant day, Map<String, Long> charged) {

    long baseline(String scope, long spent) {
      return spent - charged.getOrDefault(scope, 0L);
    }
  }

  /// @param scope starts to count charges in it
  private synchronized Reading begin(String scope) {
    resetOnNewDay();
    charged.putIfAbsent(scope, 0L);
    return new Reading(day, Map.copyOf(charged));
  }

  /// Reads the missing sums. Without the lock, since the ledger may be slow.
  private void readLedger(Conversation conversation) {
    var _ = spentToday();
    if (conversation.dailyBudget() != null) {
      var reading = begin(of(conversation));
      var range = new Range(reading.day, null, null, null, conversation.id());
      long spent = ledger.sums(range).costs().spent();
      synchronized (this) {
        if (reading.day.equals(day)) {
          baseline.put(of(conversation), reading.baseline(of(conversation), spent));
        }
      }
    }
  }

  /// Reads what other processes have spent.
  ///
  /// @throws io.stoker.StokerException if the ledger does not answer; nothing has changed then
  void refresh() {
    var reading = begin(ALL);
    var range = new Range(reading.day, null, null, null, null);
    var groups = ledger.sumsBy(By.TENANT, range, Integer.MAX_VALUE);
    synchronized (this) {
      if (!reading.day.equals(day)) {
        return; // a new day has begun
      }
      baseline.clear();
      long sum = 0;
      for (var group : groups) {
        long spent = group.sums().costs().spent();
        baseline.put(ofTenant(group.name()), reading.baseline(ofTenant(group.name()), spent));
        sum += spent;
      }
      baseline.put(ALL, reading.baseline(ALL, sum));
    }
  }

  private static String ofTenant(String tenant) {
    return "tenant " + tenant;
  }

  private static String of(Conversation conversation) {
    return "conversation " + conversation.id();
  }

  private static String dollars(@Nullable Long micros) {
    var amount = BigDecimal.valueOf(micros == null ? 0 : micros, MICRO_DIGITS).stripTrailingZeros();
    return "$" + amount.setScale(Math.max(CENT_DIGITS, amount.scale())).toPlainString();
  }
}
