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
/// processes that share a ledger, by what the others have spent since it was last looked at.
/// Thread-safe.
final class WarmBudgets {

  private static final String ALL = "all";
  private static final int MICRO_DIGITS = 6;
  private static final int CENT_DIGITS = 2;

  private final WarmingPolicy policy;
  private final PromptLedger ledger;
  private final Time time;

  /// By scope, in micro-dollars.
  private final Map<String, Long> spent = new HashMap<>();

  /// The same, for warms that are in flight.
  private final Map<String, Long> setAside = new HashMap<>();

  private Instant day = Instant.MIN;

  WarmBudgets(WarmingPolicy policy, PromptLedger ledger, Time time) {
    this.policy = policy;
    this.ledger = ledger;
    this.time = time;
  }

  /// Which budget does not allow a warm; null if all do.
  ///
  /// @param expected what it will cost, in micro-dollars
  synchronized @Nullable String refusal(Conversation conversation, long expected) {
    turnDay();
    var tenant = conversation.tenant();
    if (isOver(policy.dailyBudget(), ALL, expected)) {
      return "the daily budget of " + dollars(policy.dailyBudget()) + " is spent";
    }
    var tenants = policy.tenant(tenant).dailyBudget();
    if (isOver(tenants, ofTenant(tenant), expected)) {
      return "the daily budget of tenant " + tenant + ", " + dollars(tenants) + ", is spent";
    }
    var own = conversation.dailyBudget();
    if (own != null) {
      spent.computeIfAbsent(of(conversation), _ -> spentOn(conversation));
      if (isOver(own, of(conversation), expected)) {
        return "the daily budget of this conversation, " + dollars(own) + ", is spent";
      }
    }
    return null;
  }

  private boolean isOver(@Nullable Long budget, String scope, long expected) {
    return budget != null && sum(scope) + expected > budget;
  }

  private long sum(String scope) {
    return spent.getOrDefault(scope, 0L) + setAside.getOrDefault(scope, 0L);
  }

  /// Sets money aside, unless a budget does not allow it.
  ///
  /// @return which does not; null if it was set aside
  synchronized @Nullable String reserve(Conversation conversation, long expected) {
    var refusal = refusal(conversation, expected);
    if (refusal == null) {
      add(setAside, conversation, expected);
      setAside.merge(of(conversation), expected, Long::sum);
    }
    return refusal;
  }

  /// Replaces what was set aside by what it came to.
  synchronized void settle(Conversation conversation, long expected, long cost) {
    turnDay();
    add(setAside, conversation, -expected);
    setAside.computeIfPresent(
        of(conversation), (_, known) -> known == expected ? null : known - expected);
    add(spent, conversation, cost);
    spent.computeIfPresent(of(conversation), (_, known) -> known + cost);
  }

  /// How much has been spent today, with what is set aside, in micro-dollars.
  synchronized long spentToday() {
    turnDay();
    return sum(ALL);
  }

  /// The same for a tenant.
  synchronized long spentToday(String tenant) {
    turnDay();
    return sum(ofTenant(tenant));
  }

  private static void add(Map<String, Long> sums, Conversation conversation, long amount) {
    sums.merge(ALL, amount, Long::sum);
    sums.merge(ofTenant(conversation.tenant()), amount, Long::sum);
  }

  /// On a new day, nothing has been spent; in a new process, what the ledger says.
  private void turnDay() {
    var today = time.now().truncatedTo(ChronoUnit.DAYS);
    if (day.equals(Instant.MIN)) {
      look(today);
    } else if (!day.equals(today)) {
      spent.clear();
    }
    day = today;
  }

  /// Sees what other processes have spent.
  ///
  /// @throws io.stoker.StokerException if the ledger does not answer; nothing has changed then
  synchronized void refresh() {
    turnDay();
    look(day);
  }

  private void look(Instant today) {
    var range = new Range(today, null, null, null, null);
    var groups = ledger.sumsBy(By.TENANT, range, Integer.MAX_VALUE);
    spent.clear();
    long sum = 0;
    for (var group : groups) {
      long money = group.sums().money().spent();
      spent.put(ofTenant(group.name()), money);
      sum += money;
    }
    spent.put(ALL, sum);
  }

  private long spentOn(Conversation conversation) {
    return ledger.sums(new Range(day, null, null, null, conversation.id())).money().spent();
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
