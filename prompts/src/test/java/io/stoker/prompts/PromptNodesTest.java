package io.stoker.prompts;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.prompts.ChatEvent.TurnSealed;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.simulator.SimulatedFault;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.state.StateDatabase;
import io.stoker.testing.RealPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two processes that share conversations in one Postgres. Each has its own clock and provider; a
/// process whose clock stands still is frozen.
@Timeout(90)
final class PromptNodesTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final String CHAT = "a chat";

  private final DataSource database =
      RealPostgres.shared().dataSource(RealPostgres.shared().newDatabase());
  private final Node one = new Node();
  private final Node other = new Node();

  /// One of the processes.
  private final class Node implements AutoCloseable {

    private final ManualTime time = new ManualTime(START);
    private final StateDatabase state = StateDatabase.postgres(database);
    private final PromptStore store = PromptStore.on(state);
    private final SimulatedProvider provider =
        new SimulatedProvider(SimulatorSettings.STANDARD.atOnce(), time);
    private final PromptProviders providers =
        new PromptProviders(List.of(provider), "simulator/small");
    private final PromptWarmer warmer =
        new PromptWarmer(store, providers, PromptSettings.STANDARD, time);
    private final PromptChat chat =
        new PromptChat(warmer, store, providers, PromptSettings.STANDARD, time);
    private final Queue<Conversation> published = new ConcurrentLinkedQueue<>();
    private boolean closed;

    void start() {
      warmer.start();
    }

    /// Advances the clock by a second, which runs the maintenance.
    void round() {
      awaitRest();
      time.advance(ofSeconds(1));
    }

    /// Waits until everything that was due has begun: maintenance and timers wait for their next
    /// run.
    void awaitRest() {
      try {
        time.awaitPausing(warmer.scheduled() == 0 ? 1 : 2);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    WarmingState state() {
      return warmer.conversation(CHAT).warming();
    }

    long warms() {
      return provider.traffic().warms();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        chat.close();
        warmer.close();
        store.close();
        state.close();
      }
    }
  }

  @AfterEach
  void end() {
    one.close();
    other.close();
  }

  private void startBoth() {
    say(CHAT);
    one.start();
    other.start();
  }

  private void say(String id) {
    var text =
        new HistoryPart.Text("Tell me of the sea, at some length if you please. ".repeat(20));
    one.store.append(id, List.of(new Message(MessageRole.USER, text)), null);
  }

  private void pass(Duration time) {
    one.time.advance(time);
    other.time.advance(time);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Expires the leases of the others.
  private void endLeases() throws SQLException {
    execute("UPDATE stoker.node SET alive_until = 0");
  }

  @Test
  void a_conversation_that_is_deleted_elsewhere_is_not_brought_back_by_its_turn() {
    startBoth();
    one.provider.failNext(1, new SimulatedFault.Stalling(2));
    one.chat.start(CHAT, "How deep is the sea?", "simulator/small", null);

    assertThatCode(() -> other.chat.delete(CHAT)).doesNotThrowAnyException();
    await()
        .until(() -> {
          one.round();
          return one.chat.running() == 0;
        });

    assertThat(one.store.find(CHAT)).isEmpty();
    assertThat(one.store.history(CHAT, 0)).isEmpty();
    assertThat(one.store.metrics(CHAT)).isEmpty();
    assertThat(one.warmer.conversation(CHAT).model()).isEmpty();
  }

  @Test
  void a_conversation_that_was_deleted_is_warmed_by_nobody() throws InterruptedException {
    startBoth();
    one.warmer.setEnabled(CHAT, true);

    assertThat(other.chat.delete(CHAT)).isTrue();
    one.round();
    await().until(() -> one.warmer.scheduled() == 0);
    pass(ofMinutes(4));

    assertThat(one.warms() + other.warms()).isZero();
    assertThat(one.store.find(CHAT)).isEmpty();
  }

  @Test
  void only_the_process_with_the_last_request_warms_a_conversation() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);

    for (int i = 1; i <= 3; i++) {
      int warms = i;
      pass(ofMinutes(4));
      await().until(() -> one.warms() == warms && one.state().nextWarmAt() != null);
    }

    assertThat(other.warms()).isZero();
    assertThat(other.warmer.scheduled()).isZero();
    assertThat(other.state().nextWarmAt()).isEqualTo(one.state().nextWarmAt());
  }

  @Test
  void the_process_with_the_next_request_takes_over_and_the_previous_owner_stops() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);

    other.warmer.setInterval(CHAT, ofMinutes(3));
    pass(ofMinutes(3));
    await().until(() -> other.warms() == 1);
    pass(ofMinutes(1));
    await().until(() -> one.warmer.scheduled() == 0 && one.warmer.inMemory() == 0);

    assertThat(one.warms()).isZero();
    assertThat(one.state().interval()).isEqualTo(ofMinutes(3));
  }

  @Test
  void a_conversation_that_was_taken_over_leaves_memory_within_a_second() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);
    other.warmer.setInterval(CHAT, ofMinutes(3));

    one.round();

    await().until(() -> one.warmer.inMemory() == 0);
    assertThat(one.warmer.scheduled()).isZero();
    assertThat(other.warmer.scheduled()).isEqualTo(1);
  }

  @Test
  void a_process_that_takes_it_back_knows_what_the_other_has_changed() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);
    other.warmer.setInterval(CHAT, ofMinutes(3));

    var back = one.warmer.setCwd(CHAT, "/srv/sea");

    assertThat(back.warming().interval()).isEqualTo(ofMinutes(3));
    one.round();
    await().until(() -> other.warmer.inMemory() == 1);
    pass(ofMinutes(3));
    await().until(() -> one.warms() == 1);
    await().until(() -> other.warmer.scheduled() == 0);
    assertThat(other.warms()).isZero();
  }

  @Test
  void conversations_of_a_stopped_process_are_adopted_within_a_second() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);

    one.close();
    other.round();

    await().until(() -> other.warmer.scheduled() == 1);
    assertThat(other.state().nextWarmAt()).isEqualTo(START.plus(ofMinutes(4)));
    other.time.advance(ofMinutes(4));
    await().until(() -> other.warms() == 1);
  }

  @Test
  void conversations_of_a_frozen_process_are_adopted_and_it_warms_none_when_it_resumes()
      throws Exception {
    startBoth();
    for (int i = 0; i < 20; i++) {
      say("chat " + i);
      one.warmer.setEnabled("chat " + i, true);
    }
    endLeases();

    other.round();
    await().until(() -> other.warmer.scheduled() == 20);
    other.time.advance(ofMinutes(4));
    await().until(() -> other.warms() == 20);
    one.time.advance(ofMinutes(4));

    await().until(() -> one.warmer.inMemory() == 0);
    assertThat(one.warms()).isZero();
    assertThat(one.warmer.scheduled()).isZero();
    assertThat(one.store.ledger().sums(Range.ALL).warms()).isEqualTo(20);
  }

  @Test
  void a_frozen_process_that_lost_nothing_goes_on() throws Exception {
    say(CHAT);
    one.start();
    one.warmer.setEnabled(CHAT, true);
    endLeases();

    one.round();
    one.time.advance(ofMinutes(4));

    await().until(() -> one.warms() == 1 && one.state().nextWarmAt() != null);
  }

  @Test
  void a_turn_elsewhere_is_a_turn_and_closing_ends_it() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);
    var heard = new ConcurrentLinkedQueue<ChatEvent>();
    one.provider.failNext(1, new SimulatedFault.Hanging());
    try (var _ = one.chat.watch(CHAT, heard::add)) {
      one.chat.start(CHAT, "And now?", null, null);
      await().until(() -> one.provider.traffic().inFlight() == 1);

      assertThatThrownBy(() -> other.chat.start(CHAT, "And here?", null, null))
          .isInstanceOf(TurnInProgressException.class)
          .hasMessageContaining("on another server");
      assertThatThrownBy(() -> other.warmer.setEnabled(CHAT, false))
          .isInstanceOf(TurnInProgressException.class);
      assertThat(one.state().activity()).isEqualTo(Activity.GENERATING);

      other.chat.close(CHAT);
      one.round();

      await().until(() -> heard.stream().anyMatch(TurnSealed.class::isInstance));
    }
    assertThat(one.provider.traffic().inFlight()).isZero();
    assertThat(one.state().enabled()).isFalse();
    assertThat(other.state().enabled()).isFalse();
  }

  @Test
  void when_a_turn_has_ended_anybody_may_begin_the_next() {
    startBoth();
    turn(one);

    turn(other);
    turn(one);

    assertThat(one.store.metrics(CHAT)).hasSize(3);
    assertThat(one.store.history(CHAT, 0))
        .extracting(StoredHistoryPart::seq)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  private static void turn(Node node) {
    var heard = new ConcurrentLinkedQueue<ChatEvent>();
    try (var _ = node.chat.watch(CHAT, heard::add)) {
      node.chat.start(CHAT, "And now?", null, null);
      await()
          .until(() -> {
            node.time.advance(ofMillis(20));
            return heard.stream().anyMatch(TurnSealed.class::isInstance);
          });
    }
  }

  @Test
  void a_watcher_at_one_process_sees_the_changes_of_another() {
    startBoth();
    other.warmer.listen(
        new PromptWarmer.Listener() {
          @Override
          public void changed(Conversation conversation) {
            other.published.add(conversation);
          }

          @Override
          public boolean watches(String id) {
            return id.equals(CHAT);
          }
        });
    one.warmer.setEnabled(CHAT, true);
    var first = new ArrayList<Conversation>();
    other.warmer.view(CHAT, first::add);
    assertThat(first).hasSize(1).first().returns(true, each -> each.warming().enabled());

    one.time.advance(ofMinutes(4));
    await().until(() -> one.warms() == 1 && one.state().nextWarmAt() != null);
    other.time.advance(ofMinutes(4));

    await()
        .until(() -> {
          other.round();
          return !other.published.isEmpty();
        });
    assertThat(other.published.element().warming().nextWarmAt())
        .isEqualTo(START.plus(ofMinutes(8)));
    assertThat(other.warmer.inMemory()).isZero();
    assertThat(other.warms()).isZero();
  }

  @Test
  void concurrent_requests_at_both_processes_all_take_effect_on_one_conversation()
      throws Exception {
    startBoth();
    one.warmer.setEnabled(CHAT, true);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls =
          IntStream.range(0, 40)
              .mapToObj(i ->
                  callers.submit(() ->
                      (i % 2 == 0 ? one : other).warmer.setInterval(CHAT, ofSeconds(100 + i))))
              .toList();
      int refused = 0;
      for (var call : calls) {
        try {
          call.get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(ConversationTakenException.class);
          refused++;
        }
      }
      assertThat(refused).isLessThan(40);
    }

    one.round();
    other.round();

    await().until(() -> one.warmer.scheduled() + other.warmer.scheduled() == 1);
    assertThat(one.state().stored()).isEqualTo(other.state().stored());
  }

  @Test
  void what_a_warm_has_cost_is_in_the_ledger_even_if_its_conversation_was_taken_meanwhile() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);
    one.provider.failNext(1, new SimulatedFault.Slow(ofMillis(500)));
    one.time.advance(ofMinutes(4));
    await().until(() -> one.provider.traffic().inFlight() == 1);
    one.awaitRest();

    other.warmer.setInterval(CHAT, ofMinutes(3));
    one.time.advance(ofMillis(500));

    await().until(() -> one.warmer.inMemory() == 0);
    assertThat(one.store.ledger().sums(Range.ALL).warms()).isEqualTo(1);
    assertThat(other.state().interval()).isEqualTo(ofMinutes(3));
    assertThat(other.warmer.scheduled()).isEqualTo(1);
  }

  @Test
  void what_one_spends_counts_towards_the_budgets_of_the_other() {
    startBoth();
    one.warmer.setEnabled(CHAT, true);
    assertThat(other.warmer.spentToday()).isZero();
    one.time.advance(ofMinutes(4));
    await().until(() -> one.warms() == 1 && one.state().nextWarmAt() != null);
    assertThat(one.warmer.spentToday()).isPositive();

    await()
        .until(() -> {
          other.round();
          return other.warmer.spentToday() > 0;
        });

    assertThat(other.warmer.spentToday()).isEqualTo(one.warmer.spentToday());
  }

  @Test
  void of_two_tenants_that_claim_one_conversation_at_the_same_time_one_gets_it() throws Exception {
    startBoth();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        var id = "claimed-" + i;
        var second = i % 2 == 0 ? one : other;

        var acme = threads.submit(() -> one.warmer.claim(id, "acme").tenant());
        var globex = threads.submit(() -> second.warmer.claim(id, "globex").tenant());

        assertThat(acme.get()).isIn("acme", "globex").isEqualTo(globex.get());
        assertThat(other.warmer.conversation(id).tenant()).isEqualTo(acme.get());
      }
    }
  }

  @Test
  void a_conversation_with_requests_is_not_claimed() {
    startBoth();
    one.warmer.setCwd("known", "/somewhere");

    assertThat(other.warmer.claim("known", "acme").tenant()).isEmpty();
    assertThat(one.warmer.claim("own", "acme").tenant()).isEqualTo("acme");
    assertThat(other.warmer.claim("own", "globex").tenant()).isEqualTo("acme");
  }
}
