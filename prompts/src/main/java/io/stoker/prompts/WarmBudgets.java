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

/// What warms may still cost today: all of them, those of a tenant, those of a conversation. A day
/// begins at midnight, UTC.
///
/// What a warm will cost is set aside before it is sent, and replaced by what it did cost. So a
/// budget is exceeded by no more than what the warms in flight cost more than was expected; and, of
/// processes that share a ledger, by what the others have spent since it was last looked at. The
/// ledger is read without a lock, so that nobody waits whose budgets are known. Thread-safe.
final class WarmBudgets {

  private static final String ALL = "all";
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  private final WarmingPolicy policy;
  private final PromptLedger ledger;
  private final Time time;

  /// By scope, in micro-dollars: what the ledger said, less what was settled here by then.
  private final Map<String, Long> baseline = new HashMap<>();

  /// The same, for what was settled here today.
  private final Map<String, Long> charged = new HashMap<>();

  /// The same, for warms that are in flight.
  private final Map<String, Long> reserved = new HashMap<>();

  private Instant day = Instant.MIN;

  WarmBudgets(WarmingPolicy policy, PromptLedger ledger, Time time) {
    this.policy = policy;
    this.ledger = ledger;
    this.time = time;
  }

  /// Which budget does not allow a warm; null if all do.
  ///
  /// @param expected what it will cost, in micro-dollars
  @Nullable String refusal(Conversation conversation, long expected) {
    while (true) {
      synchronized (this) {
        if (isKnown(conversation)) {
          return over(conversation, expected);
        }
      }
      readLedger(conversation);
    }
  }

  private @Nullable String over(Conversation conversation, long expected) {
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

  /// Sets money aside, unless a budget does not allow it.
  ///
  /// @return which does not; null if it was set aside
  @Nullable String reserve(Conversation conversation, long expected) {
    while (true) {
      synchronized (this) {
        if (isKnown(conversation)) {
          var refusal = over(conversation, expected);
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

  /// Replaces what was set aside by what it came to.
  synchronized void charge(Conversation conversation, long expected, long cost) {
    turnDay();
    add(reserved, conversation, -expected);
    reserved.computeIfPresent(
        of(conversation), (_, before) -> before == expected ? null : before - expected);
    add(charged, conversation, cost);
    charged.computeIfPresent(of(conversation), (_, before) -> before + cost);
  }

  /// How much has been spent today, with what is set aside, in micro-dollars.
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
        turnDay();
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

  /// On a new day, nothing has been spent.
  private void turnDay() {
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

  private boolean isKnown(Conversation conversation) {
    turnDay();
    return baseline.containsKey(ALL)
        && (conversation.dailyBudget() == null || baseline.containsKey(of(conversation)));
  }

  /// What was settled here by the time at which the ledger is read.
  private record Reading(Instant day, Map<String, Long> charged) {

    long baseline(String scope, long spent) {
      return spent - charged.getOrDefault(scope, 0L);
    }
  }

  /// @param scope what is settled in it is counted from now on
  private synchronized Reading begin(String scope) {
    turnDay();
    charged.putIfAbsent(scope, 0L);
    return new Reading(day, Map.copyOf(charged));
  }

  /// Reads what is not known yet. Without the lock, since the ledger may take long.
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

  /// Sees what other processes have spent.
  ///
  /// @throws io.stoker.StokerException if the ledger does not answer; nothing has changed then
  void refresh() {
    var reading = begin(ALL);
    var range = new Range(reading.day, null, null, null, null);
    var groups = ledger.sumsBy(By.TENANT, range, Integer.MAX_VALUE);
    synchronized (this) {
      if (!reading.day.equals(day)) {
        return; // of yesterday
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
