package io.stoker.prompts;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.prompts.ChatEvent.Done;
import io.stoker.prompts.ChatEvent.Failed;
import io.stoker.prompts.ChatEvent.StepComplete;
import io.stoker.prompts.ChatEvent.StepUsage;
import io.stoker.prompts.ChatEvent.TextDelta;
import io.stoker.prompts.ChatEvent.TurnSealed;
import io.stoker.prompts.ChatEvent.TurnStart;
import io.stoker.prompts.ChatEvent.UserMessage;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.simulator.SimulatedFault;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PromptChatTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final String CHAT = "a chat";

  private final ManualTime time = new ManualTime(START);
  private final PromptStore store = PromptStore.inMemory();
  private final SimulatedProvider provider =
      new SimulatedProvider(SimulatorSettings.STANDARD.atOnce(), time);
  private final PromptProviders providers =
      new PromptProviders(List.of(provider), "simulator/small");
  private final PromptWarmer warmer =
      new PromptWarmer(store, providers, PromptSettings.STANDARD, time);
  private final PromptChat chat =
      new PromptChat(warmer, store, providers, PromptSettings.STANDARD, time);

  /// The published events and states of the conversation, in order.
  private final BlockingQueue<Object> published = new LinkedBlockingQueue<>();

  @BeforeEach
  void begin() {
    warmer.start();
    warmer.listen(conversation -> published.add(conversation.warming()));
  }

  @AfterEach
  void end() {
    chat.close();
    warmer.close();
  }

  /// Everything published up to the end of a turn.
  private List<Object> toldUntilSealed() throws InterruptedException {
    var all = new ArrayList<>();
    while (all.isEmpty() || !(all.getLast() instanceof TurnSealed)) {
      all.add(published.take());
    }
    return all;
  }

  private static List<Class<?>> kinds(List<?> events) {
    var kinds = new ArrayList<Class<?>>();
    for (var event : events) {
      if (kinds.isEmpty() || !kinds.getLast().equals(event.getClass())) {
        kinds.add(event.getClass());
      }
    }
    return kinds;
  }

  private static String textOf(List<?> events) {
    var text = new StringBuilder();
    for (var event : events) {
      if (event instanceof TextDelta delta) {
        text.append(delta.delta());
      }
    }
    return text.toString();
  }

  @Test
  void a_turn_is_published_in_order_and_stored_before_it_is_sealed() throws InterruptedException {
    chat.watch(CHAT, published::add);

    var turn = chat.start(CHAT, "How deep is the sea?", null, "/home");
    var all = toldUntilSealed();

    assertThat(turn.began()).isTrue();
    assertThat(kinds(all))
        .containsExactly(
            WarmingState.class,
            UserMessage.class,
            TurnStart.class,
            TextDelta.class,
            StepUsage.class,
            StepComplete.class,
            Done.class,
            WarmingState.class,
            TurnSealed.class);
    assertThat(store.history(CHAT, 0))
        .containsExactly(
            new StoredHistoryPart(
                1, MessageRole.USER, new HistoryPart.Text("How deep is the sea?")),
            new StoredHistoryPart(2, MessageRole.ASSISTANT, new HistoryPart.Text(textOf(all))));
    assertThat(store.metrics(CHAT)).extracting(TurnMetrics::turnId).containsExactly(turn.turnId());
    assertThat(warmer.conversation(CHAT).model()).isEqualTo("simulator/small");
    assertThat(warmer.conversation(CHAT).cwd()).isEqualTo("/home");
  }

  @Test
  void the_next_turn_can_begin_when_a_turn_is_sealed() throws InterruptedException {
    var sealed = new LinkedBlockingQueue<Activity>();
    chat.watch(
        CHAT,
        event -> {
          if (event instanceof TurnSealed) {
            sealed.add(warmer.conversation(CHAT).warming().activity());
          }
        });

    for (int i = 0; i < 20; i++) {
      chat.start(CHAT, "and " + i, null, null);
      assertThat(sealed.take()).isEqualTo(Activity.IDLE);
    }

    assertThat(store.history(CHAT, 0)).hasSize(40);
    assertThat(store.history(CHAT, 0)).extracting(StoredHistoryPart::seq).last().isEqualTo(40L);
  }

  @Test
  void deleting_ends_the_turn_first_and_leaves_nothing() throws InterruptedException {
    chat.watch(CHAT, published::add);
    chat.start(CHAT, "first", null, null);
    toldUntilSealed();
    warmer.setEnabled(CHAT, true);
    provider.failNext(1, new SimulatedFault.Hanging());
    chat.start(CHAT, "second", null, null);

    boolean deleted = chat.delete(CHAT);

    assertThat(deleted).isTrue();
    assertThat(kinds(toldUntilSealed())).contains(Done.class);
    assertThat(published.take()).isEqualTo(WarmingState.off(WarmingState.STANDARD_INTERVAL));
    assertThat(store.history(CHAT, 0)).isEmpty();
    assertThat(store.find(CHAT)).isEmpty();
    assertThat(store.ledger().sums(PromptLedger.Range.ALL).turns()).isPositive();
    assertThat(warmer.conversation(CHAT).warming().enabled()).isFalse();
    assertThat(chat.delete(CHAT)).isFalse();
  }

  @Test
  void a_conversation_that_is_full_takes_no_turn_any_more() throws InterruptedException {
    var limits = new PromptLimits(0, 0, 2, 0, null);
    var limited =
        new PromptChat(warmer, store, providers, PromptSettings.STANDARD.with(limits), time);
    limited.watch(CHAT, published::add);
    limited.start(CHAT, "first", null, null);
    toldUntilSealed();

    assertThatThrownBy(() -> limited.start(CHAT, "second", null, null))
        .isInstanceOfSatisfying(
            PromptLimitException.class,
            e -> assertThat(e.code()).isEqualTo(PromptLimitException.Code.CONVERSATION_FULL))
        .hasMessageContaining("at most 2");
    assertThat(store.history(CHAT, 0)).hasSize(2);
    limited.delete(CHAT);
    published.clear();
    limited.start(CHAT, "anew", null, null);
    toldUntilSealed();
  }

  @Test
  void beyond_the_limit_no_conversation_begins_until_one_is_deleted() throws InterruptedException {
    var limits = new PromptLimits(3, 2, 0, 0, null);
    var settings = PromptSettings.STANDARD.with(limits);
    try (var limited = new PromptWarmer(store, providers, settings, time)) {
      var chats = new PromptChat(limited, store, providers, settings, time);
      limited.setEnabled("1", true);
      limited.setEnabled("2", true);

      assertThatThrownBy(() -> limited.setEnabled("3", true))
          .isInstanceOf(PromptLimitException.class)
          .hasMessageContaining("without a tenant")
          .hasMessageContaining("at most 2");
      assertThat(limited.setEnabled("2", false).warming().enabled()).isFalse();
      chats.start("4", "hello", "simulator/small", null, "acme");
      assertThatThrownBy(() -> chats.start("5", "hello", "simulator/small", null, "acme"))
          .isInstanceOf(PromptLimitException.class)
          .hasMessageContaining("at most 3");
      assertThat(store.find("5")).isEmpty();

      await().until(() -> chats.running() == 0);
      chats.delete("1");
      time.advance(ofSeconds(2));
      chats.start("5", "hello", "simulator/small", null, "acme");
      chats.close();
    }
  }

  @Test
  void while_a_turn_is_going_on_another_is_refused() {
    provider.failNext(1, new SimulatedFault.Hanging());
    chat.start(CHAT, "first", null, null);

    assertThatThrownBy(() -> chat.start(CHAT, "second", null, null))
        .isInstanceOf(TurnInProgressException.class)
        .hasMessage("a turn is already generating for this conversation");
    assertThatThrownBy(() -> chat.start(CHAT, "second", "nobody/nothing", null))
        .isInstanceOf(TurnInProgressException.class);
  }

  @Test
  void a_late_watcher_sees_the_turn_from_its_beginning() throws InterruptedException {
    provider.failNext(1, new SimulatedFault.Stalling(3));
    var early = new LinkedBlockingQueue<ChatEvent>();
    chat.watch(CHAT, early::add);
    chat.start(CHAT, "slowly, please", null, null);
    await().until(() -> early.size() == 5); // the user's words, the start and three pieces

    var late = new LinkedBlockingQueue<ChatEvent>();
    chat.watch(CHAT, late::add);
    chat.close(CHAT);
    await().until(() -> late.stream().anyMatch(TurnSealed.class::isInstance));

    assertThat(late).containsExactlyElementsOf(early);
  }

  @Test
  void a_watcher_that_leaves_gets_no_more_events_and_the_turn_goes_on()
      throws InterruptedException {
    var gone = new LinkedBlockingQueue<ChatEvent>();
    chat.watch(CHAT, gone::add).close();
    chat.watch(CHAT, published::add);

    chat.start(CHAT, "hello", null, null);
    toldUntilSealed();

    assertThat(gone).isEmpty();
  }

  @Test
  void closing_aborts_the_turn_keeps_what_was_said_and_leaves_nothing_set()
      throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    provider.failNext(1, new SimulatedFault.Stalling(2));
    chat.watch(CHAT, published::add);
    chat.start(CHAT, "tell me all", null, null);
    await().until(() -> published.stream().filter(TextDelta.class::isInstance).count() == 2);

    boolean aborted = chat.close(CHAT);
    var all = toldUntilSealed();

    assertThat(aborted).isTrue();
    assertThat(all)
        .filteredOn(Done.class::isInstance)
        .extracting(done -> ((Done) done).reason())
        .containsExactly("aborted");
    assertThat(store.history(CHAT, 0))
        .last()
        .isEqualTo(
            new StoredHistoryPart(2, MessageRole.ASSISTANT, new HistoryPart.Text(textOf(all))));
    assertThat(provider.traffic().inFlight()).isZero();
    var warming = warmer.conversation(CHAT).warming();
    assertThat(warming.enabled()).isFalse();
    assertThat(warming.nextWarmAt()).isNull();
    assertThat(warmer.scheduled()).isZero();
  }

  @Test
  void closing_what_is_idle_or_unknown_aborts_nothing() {
    assertThat(chat.close(CHAT)).isFalse();
    assertThat(store.find(CHAT)).isEmpty();
  }

  @Test
  void a_provider_that_breaks_off_ends_the_turn_in_an_error_that_is_kept()
      throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    provider.failNext(1, new SimulatedFault.Disconnecting(2));
    chat.watch(CHAT, published::add);
    published.clear();

    chat.start(CHAT, "go on", null, null);
    var all = toldUntilSealed();

    assertThat(kinds(all))
        .containsExactly(
            WarmingState.class,
            UserMessage.class,
            TurnStart.class,
            TextDelta.class,
            Failed.class,
            StepComplete.class,
            Done.class,
            WarmingState.class,
            TurnSealed.class);
    assertThat(store.history(CHAT, 0))
        .extracting(StoredHistoryPart::part)
        .containsExactly(
            new HistoryPart.Text("go on"),
            new HistoryPart.Text(textOf(all)),
            new HistoryPart.Failure("the simulator broke off", "unavailable"));
    assertThat(warmer.conversation(CHAT).warming().nextWarmAt())
        .isEqualTo(START.plus(ofMinutes(4)));
  }

  @Test
  void an_unknown_model_fails_before_the_turn_begins() throws InterruptedException {
    chat.watch(CHAT, published::add);

    var turn = chat.start(CHAT, "hello", "nobody/nothing", null);

    assertThat(turn.began()).isFalse();
    assertThat(kinds(List.copyOf(published))).containsExactly(UserMessage.class, Failed.class);
    assertThat(store.history(CHAT, 0)).isEmpty();
    assertThat(warmer.conversation(CHAT).warming().activity()).isEqualTo(Activity.IDLE);
  }

  @Test
  void the_next_turn_reads_from_the_cache_what_a_warm_kept() throws InterruptedException {
    var long1 = "Tell me of the sea, at some length if you please. ".repeat(50);
    chat.watch(CHAT, published::add);
    chat.start(CHAT, long1, null, null);
    toldUntilSealed();
    warmer.setEnabled(CHAT, true);
    published.take();

    time.advance(ofMinutes(4));
    published.take();
    time.advance(ofMinutes(4).minus(ofSeconds(1)));
    chat.start(CHAT, "and of the moon", null, null);
    var all = toldUntilSealed();

    var usage =
        all.stream()
            .filter(StepUsage.class::isInstance)
            .map(event -> ((StepUsage) event).usage())
            .findFirst()
            .orElseThrow();
    assertThat(usage.cachePercent()).isGreaterThan(90);
  }

  @Test
  void unused_channels_leave_memory() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      var watch = chat.watch("chat " + i, published::add);
      chat.start("chat " + i, "hello", null, null);
      toldUntilSealed();
      watch.close();
    }

    await().until(() -> chat.channels() == 0 && warmer.inMemory() == 0);
  }
}
