package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.testing.FaultInjector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WarmBudgetsTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

  @AutoClose private final PromptStore store = PromptStore.inMemory();
  private final ManualTime time = new ManualTime(START);
  private final FaultInjector ledgerFaults = new FaultInjector();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);

  private WarmBudgets budgets(long daily) {
    return new WarmBudgets(
        new WarmingPolicy(PolicyMode.INTERVAL, daily, 0, Map.of()),
        ledgerFaults.in(PromptLedger.class, store.ledger()),
        time);
  }

  private static Conversation conversation(String id, Long dailyBudget) {
    var warming = WarmingState.off(Duration.ofMinutes(4));
    return new Conversation(id, "simulator/small", "", "", dailyBudget, WarmingCosts.NONE, warming);
  }

  private void holdUp(String method) {
    ledgerFaults.before(
        method,
        () -> {
          asked.countDown();
          try {
            answers.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void spend(String id, long cost) {
    var usage = new Usage(100, 1, 100L, 0L, 0);
    var line =
        new LedgerEntry(
            START, id, "", "simulator/small", Kind.PING, usage, cost, 0, 0, true, null, 0, null);
    store.add(List.of(line));
  }

  @Test
  void a_ledger_that_is_slow_for_one_conversation_holds_up_no_other() throws Exception {
    var budgets = budgets(1_000);
    var other = conversation("other", null);
    assertThat(budgets.refusal(other, 1)).isNull();
    holdUp("sums");
    var slow = Thread.ofVirtual().start(() -> budgets.refusal(conversation("limited", 1_000L), 1));
    asked.await();

    assertThat(budgets.reserve(other, 1)).isNull();
    budgets.charge(other, 1, 1);

    answers.countDown();
    slow.join();
    assertThat(budgets.spentToday()).isEqualTo(1);
  }

  @Test
  void a_budget_refresh_blocks_nothing_and_loses_nothing() throws Exception {
    var budgets = budgets(1_000);
    var chat = conversation("chat", null);
    assertThat(budgets.spentToday()).isZero();
    spend("elsewhere", 500);
    holdUp("sumsBy");
    var look = Thread.ofVirtual().start(budgets::refresh);
    asked.await();

    assertThat(budgets.reserve(chat, 100)).isNull();
    budgets.charge(chat, 100, 90);

    answers.countDown();
    look.join();
    assertThat(budgets.spentToday()).isEqualTo(590);
    assertThat(budgets.refusal(chat, 411)).contains("daily budget");
    assertThat(budgets.refusal(chat, 410)).isNull();
  }
}
