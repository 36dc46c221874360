package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.stoker.prompts.CacheProfile.Refresh;
import io.stoker.prompts.TurnMetrics.StepMetrics;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of every store. Instants and durations are stored in whole milliseconds.
abstract class PromptStoreContract {

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  private static final CacheProfile TERMS =
      new CacheProfile(Duration.ofHours(1), 1024, Refresh.NEVER, "nothing");

  private static final IdlePeriod AWAY =
      new IdlePeriod(
          NOON.minusSeconds(3),
          StopReason.TOOL_USE,
          CacheTier.LASTING,
          3_000_000_000L,
          2_900_000_000L,
          7,
          5_000_000_000L,
          true,
          true,
          true);

  private static TurnOutcome outcome(StopReason stop, CacheTier tier) {
    return new TurnOutcome(stop, tier, new Usage(12_000, 345, 0L, 11_999L, 0), null);
  }

  private @Nullable PromptStore opened;

  /// An empty store, which is closed after the test.
  abstract PromptStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    opened = open();
  }

  @AfterEach
  void closeStore() {
    store().close();
  }

  final PromptStore store() {
    if (opened == null) {
      throw new IllegalStateException("no store was opened");
    }
    return opened;
  }

  @Test
  void nothing_is_known_of_an_unknown_conversation() {
    assertThat(store().find("nobody")).isEmpty();
    assertThat(store().history("nobody", 0)).isEmpty();
    assertThat(store().metrics("nobody")).isEmpty();
    assertThat(store().warms("nobody", 10)).isEmpty();
    assertThat(store().list(false, 10, null)).isEmpty();
    assertThat(store().list(false, 10, "nobody")).isEmpty();
    assertThat(visited()).isEmpty();
  }

  @Test
  void a_conversation_comes_back_as_it_was_saved() {
    var conversation = conversation("chat", full(true));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @Test
  void a_conversation_that_has_hardly_begun_comes_back_as_it_was_saved() {
    var conversation = new Conversation("chat", "", "", WarmingState.off(Duration.ofMinutes(4)));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @EnumSource
  void every_pause_reason_is_stored(PauseReason pauseReason) {
    var conversation = conversation("chat", resting(pauseReason));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @EnumSource
  void every_mode_is_stored(PolicyMode mode) {
    var conversation = conversation("chat", wanted(mode, AWAY));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @EnumSource
  void every_stop_reason_is_stored(StopReason stop) {
    var idle = IdlePeriod.since(NOON, outcome(stop, CacheTier.BRIEF));
    var conversation = conversation("chat", wanted(null, idle));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @EnumSource
  void every_tier_is_stored(CacheTier tier) {
    var idle = IdlePeriod.since(NOON, outcome(StopReason.END_OF_TURN, tier));
    var conversation = conversation("chat", wanted(null, idle));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(booleans = {true, false})
  void focus_is_stored_even_if_unknown(@Nullable Boolean focused) {
    var idle =
        IdlePeriod.since(NOON, outcome(StopReason.END_OF_TURN, CacheTier.BRIEF))
            .hinted(null, focused);
    var conversation = conversation("chat", wanted(null, idle));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(longs = {0, 1, Long.MAX_VALUE})
  void every_budget_is_stored(@Nullable Long budget) {
    var conversation =
        new Conversation(
            "chat", "", "", "", budget, WarmingCosts.NONE, WarmingState.off(Duration.ofHours(1)));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @Test
  void a_last_warm_of_unknown_retention_is_kept() {
    var lastWarm = new LastWarm(NOON, 0, -1);
    var conversation = conversation("chat", warmed(lastWarm));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 999, 1000, 1500, 240_000, 86_400_000})
  void every_interval_is_stored(long milliseconds) {
    var conversation = conversation("chat", WarmingState.off(Duration.ofMillis(milliseconds)));

    store().save(conversation);

    assertThat(store().find("chat")).contains(conversation);
  }

  @Test
  void what_is_saved_later_takes_the_place_of_what_was_kept() {
    store().save(conversation("chat", full(true)));
    var later = new Conversation("chat", "", "", WarmingState.off(Duration.ofSeconds(7)));

    store().save(later);

    assertThat(store().find("chat")).contains(later);
    assertThat(store().list(false, 10, null)).containsExactly(later);
  }

  @ParameterizedTest
  @EnumSource
  void activity_number_and_cache_profile_are_not_stored(Activity activity) {
    var stored = conversation("chat", full(true));

    store().save(conversation("chat", busy(activity)));

    assertThat(store().find("chat")).contains(stored);
    assertThat(store().list(true, 1, null)).containsExactly(stored);
    assertThat(visited()).containsExactly(stored);
  }

  @Test
  void conversations_do_not_touch_each_other() {
    var one = conversation("one", full(true));
    var other = conversation("other", WarmingState.off(Duration.ofSeconds(9)));
    store().save(one);
    store().save(other);
    store().append("one", List.of(said("1")), null);
    store().append("other", List.of(said("2"), said("3")), null);

    assertThat(store().find("one")).contains(one);
    assertThat(store().find("other")).contains(other);
    assertThat(store().history("one", 0)).extracting(StoredHistoryPart::seq).containsExactly(1L);
    assertThat(store().history("other", 0))
        .extracting(StoredHistoryPart::seq)
        .containsExactly(1L, 2L);
  }

  @Test
  void ids_are_told_apart_to_the_last_character() {
    var ids = List.of("a", "A", "a ", "ä", "a\u0308", "%", "_", "😀", "x".repeat(200));

    ids.forEach(id -> store().save(new Conversation(id, id, "", full(true))));

    assertThat(ids).allSatisfy(id -> assertThat(found(id).model()).isEqualTo(id));
    assertThat(store().list(false, 100, null)).hasSameSizeAs(ids);
  }

  @Test
  void all_enabled_conversations_are_visited_once() {
    for (int i = 0; i < 1200; i++) {
      store().save(conversation("chat-" + i, i % 5 == 0 ? full(true) : full(false)));
    }

    assertThat(visited())
        .hasSize(240)
        .allSatisfy(each -> assertThat(each.warming()).isEqualTo(full(true)))
        .extracting(Conversation::id)
        .doesNotHaveDuplicates()
        .contains("chat-0", "chat-1195");
  }

  @Test
  void a_visitor_may_use_the_store() {
    for (int i = 0; i < 50; i++) {
      store().save(conversation("chat-" + i, full(true)));
    }

    store()
        .visitEnabled(each -> {
          assertThat(store().find(each.id())).contains(each);
          store().save(conversation(each.id(), full(false)));
          store().append(each.id(), List.of(said("visited")), null);
        });

    assertThat(store().list(false, 100, null))
        .hasSize(50)
        .noneMatch(each -> each.warming().enabled())
        .allMatch(each -> store().history(each.id(), 0).size() == 1);
  }

  @Test
  void pages_follow_each_other_by_id() {
    for (var id : List.of("b", "d", "B", "a", "ä", "c", "10", "9")) {
      store().save(conversation(id, full(true)));
    }

    assertThat(ids(store().list(false, 3, null))).containsExactly("10", "9", "B");
    assertThat(ids(store().list(false, 3, "B"))).containsExactly("a", "b", "c");
    assertThat(ids(store().list(false, 3, "c"))).containsExactly("d", "ä");
    assertThat(store().list(false, 3, "ä")).isEmpty();
  }

  @Test
  void a_page_may_begin_behind_an_id_that_is_gone() {
    store().save(conversation("a", full(true)));
    store().save(conversation("c", full(true)));

    assertThat(ids(store().list(false, 10, "b"))).containsExactly("c");
  }

  @Test
  void a_page_can_contain_only_enabled_conversations() {
    for (int i = 0; i < 10; i++) {
      store().save(conversation("chat-" + i, i % 3 == 0 ? full(true) : full(false)));
    }

    assertThat(ids(store().list(true, 2, null))).containsExactly("chat-0", "chat-3");
    assertThat(ids(store().list(true, 2, "chat-3"))).containsExactly("chat-6", "chat-9");
    assertThat(store().list(true, 2, "chat-9")).isEmpty();
  }

  @Test
  void every_kind_of_history_part_is_stored_in_order() {
    var messages =
        List.of(
            new Message(MessageRole.SYSTEM, new HistoryPart.Instruction("be brief")),
            new Message(MessageRole.USER, new HistoryPart.Text("what time is it?")),
            new Message(MessageRole.ASSISTANT, new HistoryPart.Thinking("a tool may know")),
            new Message(
                MessageRole.ASSISTANT,
                new HistoryPart.ToolCall("call-1", "clock", "{\"zone\":\"UTC\"}", "t#0")),
            new Message(
                MessageRole.ASSISTANT, new HistoryPart.ToolCall("call-2", "clock", "{}", null)),
            new Message(
                MessageRole.TOOL,
                new HistoryPart.ToolResult("call-1", "clock", "noon", false, "t#0")),
            new Message(
                MessageRole.TOOL, new HistoryPart.ToolResult("call-2", "clock", "", true, null)),
            new Message(MessageRole.ASSISTANT, new HistoryPart.Text("noon")),
            new Message(MessageRole.ASSISTANT, new HistoryPart.Failure("broke off", "UNAVAILABLE")),
            new Message(MessageRole.ASSISTANT, new HistoryPart.Failure("", null)));

    long last = store().append("chat", messages, null);

    assertThat(last).isEqualTo(10);
    assertThat(store().history("chat", 0))
        .containsExactlyElementsOf(
            IntStream.range(0, messages.size())
                .mapToObj(i ->
                    new StoredHistoryPart(i + 1, messages.get(i).role(), messages.get(i).part()))
                .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n\r\t",
        "'\"\\; drop table x; --",
        "ä 漢字 😀 \u200F",
        "a\0b",
        "\uFFFF",
        "null"
      })
  void text_of_any_kind_comes_back(String text) {
    var warming =
        new WarmingState(
            true,
            Duration.ofMinutes(4),
            Activity.IDLE,
            0,
            NOON,
            NOON,
            null,
            1,
            text,
            PauseReason.NONE,
            CacheProfile.UNKNOWN,
            null,
            null,
            text);
    var conversation = new Conversation("chat", text, text, warming);
    var chunks =
        List.<HistoryPart>of(
            new HistoryPart.Text(text),
            new HistoryPart.ToolCall(text, text, text, text),
            new HistoryPart.Failure(text, text));
    var warm = new WarmRecord("chat", NOON, Duration.ZERO, text, false, null, text);

    store().save(conversation);
    store()
        .append(
            "chat",
            chunks.stream().map(chunk -> new Message(MessageRole.ASSISTANT, chunk)).toList(),
            null);
    store().record(warm);

    assertThat(store().find("chat")).contains(conversation);
    assertThat(store().history("chat", 0))
        .extracting(StoredHistoryPart::part)
        .containsExactlyElementsOf(chunks);
    assertThat(store().warms("chat", 1)).containsExactly(warm);
  }

  @Test
  void a_conversation_that_is_deleted_leaves_nothing_but_its_lines_in_the_ledger() {
    var line = PromptSamples.ping("chat", 1);
    for (var id : List.of("chat", "other")) {
      store().save(PromptSamples.scheduled(id, 1), List.of());
      store().append(id, List.of(said("1"), said("2")), metrics("turn"));
      store().record(new WarmRecord(id, NOON, Duration.ZERO, "m", false, null, ""));
    }
    store().add(List.of(line));

    boolean deleted = store().delete("chat");

    assertThat(deleted).isTrue();
    assertThat(store().find("chat")).isEmpty();
    assertThat(store().history("chat", 0)).isEmpty();
    assertThat(store().metrics("chat")).isEmpty();
    assertThat(store().warms("chat", 9)).isEmpty();
    assertThat(store().size("chat")).isEqualTo(new HistorySize(0, 0));
    assertThat(store().ledger().sums(PromptLedger.Range.ALL).warms()).isEqualTo(1);
    assertThat(store().find("other")).isPresent();
    assertThat(store().history("other", 0)).hasSize(2);
    assertThat(store().metrics("other")).hasSize(1);
    assertThat(store().warms("other", 9)).hasSize(1);
  }

  @Test
  void a_conversation_that_was_deleted_is_not_brought_back_by_an_update() {
    store().save(PromptSamples.scheduled("chat", 1));
    store().update(PromptSamples.scheduled("chat", 2), List.of());
    assertThat(store().find("chat")).contains(PromptSamples.scheduled("chat", 2));
    store().delete("chat");

    assertThatThrownBy(() -> store().update(PromptSamples.scheduled("chat", 3), List.of()))
        .isInstanceOf(ConversationTakenException.class);
    assertThat(store().find("chat")).isEmpty();
  }

  @Test
  void what_is_not_there_cannot_be_deleted() {
    assertThat(store().delete("chat")).isFalse();
  }

  @Test
  void a_history_without_its_conversation_is_deleted_as_well() {
    store().append("chat", List.of(said("1")), null);

    assertThat(store().delete("chat")).isTrue();
    assertThat(store().history("chat", 0)).isEmpty();
  }

  @Test
  void a_conversation_that_was_deleted_can_begin_anew() {
    store().save(PromptSamples.scheduled("chat", 1));
    store().append("chat", List.of(said("1"), said("2")), null);
    store().delete("chat");

    store().save(PromptSamples.scheduled("chat", 2));
    long first = store().append("chat", List.of(said("anew")), null);

    assertThat(first).isEqualTo(1);
    assertThat(store().history("chat", 0)).containsExactly(stored(1, "anew"));
  }

  @Test
  void a_long_history_is_deleted_to_its_end() {
    store().append("chat", IntStream.range(0, 1_201).mapToObj(i -> said("" + i)).toList(), null);

    store().delete("chat");

    assertThat(store().history("chat", 0)).isEmpty();
    assertThat(store().append("chat", List.of(said("1")), null)).isEqualTo(1);
  }

  @Test
  void a_turn_is_added_to_what_is_kept_and_to_nothing_else() {
    store().append("never saved", List.of(said("1")), null);
    store().save(PromptSamples.scheduled("chat", 1));

    assertThat(store().appendTurn("chat", List.of(said("1")), metrics("turn"))).isTrue();
    assertThat(store().appendTurn("never saved", List.of(said("2")), metrics("turn"))).isFalse();

    assertThat(store().history("chat", 0)).hasSize(1);
    assertThat(store().metrics("chat")).hasSize(1);
    assertThat(store().history("never saved", 0)).hasSize(1);
    assertThat(store().metrics("never saved")).isEmpty();
  }

  @Test
  void the_size_of_a_history_is_counted() {
    store().append("chat", List.of(said("12345")), null);
    long one = store().size("chat").characters();
    store().append("chat", List.of(said("1".repeat(100)), said("12345")), null);

    assertThat(store().size("chat").parts()).isEqualTo(3);
    assertThat(store().size("chat").characters()).isEqualTo(3 * one + 95);
    assertThat(store().size("unknown")).isEqualTo(new HistorySize(0, 0));
  }

  @Test
  void what_was_saved_today_is_in_use() {
    store().save(PromptSamples.scheduled("chat", 1));

    assertThat(store().deletable(1, 10)).isEmpty();
    assertThat(store().deletable(null, 10)).isEmpty();
  }

  @Test
  void conversations_are_counted_up_to_a_limit() {
    for (int i = 0; i < 5; i++) {
      store().save(PromptSamples.scheduled("chat " + i, 1));
    }

    assertThat(store().count(null, 100)).isEqualTo(5);
    assertThat(store().count(null, 3)).isEqualTo(3);
    assertThat(store().count("", 100)).isEqualTo(5);
    assertThat(store().count("acme", 100)).isZero();
  }

  @Test
  void a_long_text_comes_back() {
    var text = "0123456789 äöü".repeat(100_000);

    store().append("chat", List.of(said(text)), null);

    assertThat(store().history("chat", 0)).containsExactly(stored(1, text));
  }

  @Test
  void the_numbers_go_on_from_one_append_to_the_next() {
    long first = store().append("chat", List.of(said("1"), said("2")), null);
    long second = store().append("chat", List.of(said("3")), null);

    assertThat(List.of(first, second)).containsExactly(2L, 3L);
    assertThat(store().history("chat", 0))
        .containsExactly(stored(1, "1"), stored(2, "2"), stored(3, "3"));
  }

  @Test
  void the_history_behind_a_number_begins_with_the_next_one() {
    store().append("chat", List.of(said("1"), said("2"), said("3")), null);

    assertThat(store().history("chat", 1)).containsExactly(stored(2, "2"), stored(3, "3"));
    assertThat(store().history("chat", 3)).isEmpty();
    assertThat(store().history("chat", Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void an_append_of_nothing_answers_with_the_number_of_the_last_piece() {
    long none = store().append("chat", List.of(), null);
    store().append("chat", List.of(said("1")), null);
    long one = store().append("chat", List.of(), metrics("turn-1"));

    assertThat(none).isZero();
    assertThat(one).isEqualTo(1);
    assertThat(store().metrics("chat")).containsExactly(metrics("turn-1"));
  }

  @Test
  void a_conversation_has_a_history_before_it_is_saved_and_after() {
    store().append("chat", List.of(said("1")), metrics("turn-1"));
    var before = store().find("chat");

    store().save(conversation("chat", full(true)));

    assertThat(before).isEmpty();
    assertThat(store().history("chat", 0)).containsExactly(stored(1, "1"));
    assertThat(store().metrics("chat")).containsExactly(metrics("turn-1"));
  }

  @Test
  void a_conversation_of_which_only_history_and_warms_are_kept_is_not_listed() {
    store().append("chat", List.of(said("1")), null);
    store().record(warm("chat", 1));

    assertThat(store().list(false, 10, null)).isEmpty();
    assertThat(visited()).isEmpty();
  }

  @Test
  void history_does_not_change_after_it_was_given() {
    store().append("chat", List.of(said("1")), metrics("turn-1"));
    var history = store().history("chat", 0);
    var metrics = store().metrics("chat");

    store().append("chat", List.of(said("2")), metrics("turn-2"));

    assertThat(history).hasSize(1);
    assertThat(metrics).hasSize(1);
  }

  @Test
  void what_each_turn_took_comes_back_in_order() {
    var steps =
        List.of(
            new StepMetrics(
                "turn-1#0",
                new Usage(1000, 20, 900L, 100L, 0),
                Duration.ofMillis(120),
                Duration.ofMillis(800),
                Duration.ofMillis(920)),
            new StepMetrics("turn-1#1", Usage.NONE, null, null, null));
    var whole =
        new TurnMetrics(
            "turn-1",
            new Usage(3_000_000_000L, 20, 0L, 4_000_000_000L, 4_000_000_000L),
            Duration.ofMillis(1001),
            steps,
            5_000_000_000L);
    var bare = new TurnMetrics("turn-2", Usage.NONE, null, List.of(), null);
    var failed = new TurnMetrics("turn-3", new Usage(1, 0, null, 0L, 0), null, List.of(), 0L);

    for (var metrics : List.of(whole, bare, failed)) {
      store().append("chat", List.of(said(metrics.turnId())), metrics);
    }

    assertThat(store().metrics("chat")).containsExactly(whole, bare, failed);
  }

  @Test
  void warms_come_back_the_newest_first() {
    var failed =
        new WarmRecord(
            "chat",
            NOON.plusSeconds(2),
            Duration.ofSeconds(3),
            "simulator/small",
            true,
            null,
            "asked too often");
    store().record(warm("chat", 1));
    store().record(failed);
    store().record(warm("chat", 3));
    store().record(warm("other", 4));

    assertThat(store().warms("chat", 10)).containsExactly(warm("chat", 3), failed, warm("chat", 1));
    assertThat(store().warms("chat", 2)).containsExactly(warm("chat", 3), failed);
    assertThat(store().warms("other", 1)).containsExactly(warm("other", 4));
  }

  @Test
  void of_two_warms_that_began_together_the_one_that_was_recorded_later_is_the_newer() {
    var first = new WarmRecord("chat", NOON, Duration.ZERO, "m/1", false, Usage.NONE, "");
    var second = new WarmRecord("chat", NOON, Duration.ZERO, "m/2", false, Usage.NONE, "");

    store().record(first);
    store().record(second);

    assertThat(store().warms("chat", 2)).containsExactly(second, first);
  }

  @Test
  void nothing_is_learned_at_first() {
    assertThat(store().learned()).isEmpty();
  }

  @Test
  void what_was_learned_comes_back_to_the_last_digit() {
    var odd = List.of(0.1 + 0.2, Math.PI, 1e300, Double.MIN_VALUE, -0.0, 7.0);
    var parts =
        List.of(
            new LearnedCounts("", "END_OF_TURN", odd),
            new LearnedCounts("", "TOOL_USE", List.of()),
            new LearnedCounts("acme", "END_OF_TURN", List.of(1.0)),
            new LearnedCounts("a\0 '\uD83D", "\uE000 😀", List.of(2.5)));

    store().saveLearned(parts);

    assertThat(store().learned()).containsExactlyInAnyOrderElementsOf(parts);
  }

  @Test
  void what_is_learned_later_takes_the_place_of_what_was_kept_of_it() {
    store().saveLearned(List.of(learned("acme", 1), learned("other", 2)));

    store().saveLearned(List.of(learned("new", 3), learned("acme", 4)));
    store().saveLearned(List.of());

    assertThat(store().learned())
        .containsExactlyInAnyOrder(learned("acme", 4), learned("other", 2), learned("new", 3));
  }

  @Test
  void of_a_part_that_is_kept_twice_at_once_the_last_counts() {
    store().saveLearned(List.of(learned("acme", 2), learned("acme", 1)));

    assertThat(store().learned()).containsExactly(learned("acme", 1));
  }

  private static LearnedCounts learned(String tenant, double count) {
    return new LearnedCounts(tenant, "END_OF_TURN", List.of(count));
  }

  @Test
  void appends_at_the_same_time_leave_no_gap_and_do_not_mix() throws Exception {
    int writers = 8;
    int appends = 20;

    var ends =
        atOnce(
            writers,
            writer -> {
              var numbers = new ArrayList<Long>();
              for (int i = 0; i < appends; i++) {
                var text = writer + "/" + i;
                var turn = metrics("turn-" + text);
                numbers.add(
                    store().append("chat", List.of(said(text), said(text), said(text)), turn));
              }
              return numbers;
            });

    var history = store().history("chat", 0);
    var byNumber = new HashMap<Long, StoredHistoryPart>();
    history.forEach(chunk -> byNumber.put(chunk.seq(), chunk));
    assertThat(history)
        .extracting(StoredHistoryPart::seq)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, writers * appends * 3).mapToObj(Long::valueOf).toList());
    for (int writer = 0; writer < writers; writer++) {
      assertThat(ends.get(writer)).isSorted();
      for (int i = 0; i < appends; i++) {
        long last = ends.get(writer).get(i);
        for (long seq = last - 2; seq <= last; seq++) {
          assertThat(byNumber.get(seq)).isEqualTo(stored(seq, writer + "/" + i));
        }
      }
    }
    assertThat(store().metrics("chat"))
        .hasSize(writers * appends)
        .extracting(TurnMetrics::turnId)
        .doesNotHaveDuplicates();
  }

  @Test
  void a_reader_never_sees_half_of_a_save_or_of_an_append() throws Exception {
    var states = Map.of("one", full(true), "other", full(false));
    store().save(new Conversation("chat", "one", "one", full(true)));

    var seen =
        atOnce(
            4,
            thread -> {
              var found = new ArrayList<Conversation>();
              var lengths = new ArrayList<Integer>();
              for (int i = 0; i < 50; i++) {
                if (thread < 2) {
                  var name = i % 2 == 0 ? "other" : "one";
                  store().save(new Conversation("chat", name, name, states.get(name)));
                  store().append("chat", List.of(said("1"), said("2")), null);
                } else {
                  found.add(found("chat"));
                  lengths.add(store().history("chat", 0).size());
                }
              }
              assertThat(lengths).isSorted().allMatch(length -> length % 2 == 0);
              return found;
            });

    assertThat(seen.stream().flatMap(List::stream))
        .hasSize(100)
        .allSatisfy(each ->
            assertThat(each)
                .isEqualTo(
                    new Conversation(
                        "chat", each.model(), each.model(), states.get(each.model()))));
  }

  @Test
  void many_threads_at_many_conversations_lose_nothing() throws Exception {
    atOnce(
        8,
        thread -> {
          for (int i = 0; i < 20; i++) {
            var id = "chat-" + thread + "-" + i;
            store().append(id, List.of(said(id)), metrics(id));
            store().save(conversation(id, full(true)));
            store().record(warm(id, i));
          }
          return thread;
        });

    assertThat(store().list(true, 1000, null)).hasSize(160);
    for (int thread = 0; thread < 8; thread++) {
      for (int i = 0; i < 20; i++) {
        var id = "chat-" + thread + "-" + i;
        assertThat(store().history(id, 0)).containsExactly(stored(1, id));
        assertThat(store().metrics(id)).containsExactly(metrics(id));
        assertThat(store().warms(id, 5)).containsExactly(warm(id, i));
      }
    }
  }

  @Test
  void every_conversation_has_numbers_of_its_own_under_load() throws Exception {
    atOnce(
        6,
        thread -> {
          for (int i = 0; i < 30; i++) {
            store().append("chat-" + i % 3, List.of(said(thread + "/" + i)), null);
          }
          return thread;
        });

    assertThat(List.of("chat-0", "chat-1", "chat-2"))
        .map(id -> store().history(id, 0))
        .allSatisfy(history ->
            assertThat(history)
                .hasSize(60)
                .extracting(StoredHistoryPart::seq, StoredHistoryPart::role)
                .startsWith(tuple(1L, MessageRole.USER))
                .endsWith(tuple(60L, MessageRole.USER))
                .doesNotHaveDuplicates());
  }

  private Conversation found(String id) {
    return store().find(id).orElseThrow();
  }

  private List<Conversation> visited() {
    var visited = new ArrayList<Conversation>();
    store().visitEnabled(visited::add);
    return visited;
  }

  private interface Work<T> {
    T with(int thread) throws Exception;
  }

  /// The results of the threads, in order.
  private static <T> List<T> atOnce(int threads, Work<T> work) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks =
          IntStream.range(0, threads)
              .mapToObj(thread -> (Callable<T>) () -> work.with(thread))
              .toList();
      var results = new ArrayList<T>();
      for (var future : executor.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    }
  }

  private static List<String> ids(List<Conversation> conversations) {
    return conversations.stream().map(Conversation::id).toList();
  }

  private static Conversation conversation(String id, WarmingState warming) {
    return new Conversation(
        id,
        "simulator/small",
        "/srv/project",
        "acme",
        5_000_000_000L,
        new WarmingCosts(4_000_000_001L, 4_000_000_002L, 4_000_000_000L),
        warming);
  }

  /// A conversation with a value in every stored member.
  private static WarmingState full(boolean enabled) {
    return warming(enabled, Activity.IDLE, 0, new LastWarm(NOON, 97, 100), PauseReason.NONE);
  }

  private static WarmingState busy(Activity activity) {
    return warming(true, activity, 77, new LastWarm(NOON, 97, 100), PauseReason.NONE);
  }

  private static WarmingState resting(PauseReason pauseReason) {
    return warming(true, Activity.IDLE, 0, null, pauseReason);
  }

  private static WarmingState warmed(LastWarm lastWarm) {
    return warming(true, Activity.IDLE, 0, lastWarm, PauseReason.NONE);
  }

  private static WarmingState wanted(@Nullable PolicyMode mode, IdlePeriod idle) {
    return new WarmingState(
        true,
        Duration.ofMinutes(4),
        Activity.IDLE,
        0,
        null,
        null,
        null,
        0,
        "",
        PauseReason.NONE,
        CacheProfile.UNKNOWN,
        mode,
        idle,
        "");
  }

  private static WarmingState warming(
      boolean enabled,
      Activity activity,
      long number,
      @Nullable LastWarm lastWarm,
      PauseReason pauseReason) {
    return new WarmingState(
        enabled,
        Duration.ofMillis(123_456),
        activity,
        number,
        NOON.plusSeconds(240),
        NOON.minusMillis(1),
        lastWarm,
        2,
        "asked too often",
        pauseReason,
        number == 0 ? CacheProfile.UNKNOWN : TERMS,
        PolicyMode.ADAPTIVE,
        AWAY,
        "1 in 9 come back in time");
  }

  private static Message said(String text) {
    return new Message(MessageRole.USER, new HistoryPart.Text(text));
  }

  private static StoredHistoryPart stored(long seq, String text) {
    return new StoredHistoryPart(seq, MessageRole.USER, new HistoryPart.Text(text));
  }

  private static TurnMetrics metrics(String turnId) {
    return new TurnMetrics(
        turnId, new Usage(10, 2, 8L, 2L, 2), Duration.ofMillis(250), List.of(), 12L);
  }

  static WarmRecord warm(String id, int second) {
    return new WarmRecord(
        id,
        NOON.plusSeconds(second),
        Duration.ofMillis(85),
        "simulator/small",
        false,
        new Usage(100, 1, 90L, null, 0),
        "");
  }
}
