package io.stoker.prompts;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.PromptLedger.By;
import io.stoker.prompts.PromptLedger.Group;
import io.stoker.prompts.PromptLedger.Range;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of every ledger, and of the store that writes it.
abstract class PromptLedgerContract {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final List<String> TENANTS = List.of("", "acme", "beta", "ä", "😀");
  private static final List<String> MODELS =
      List.of("anthropic/large", "anthropic/small", "simulator/small", "vllm/a/b", "bare", "");

  private static final List<Kind> KINDS = List.of(Kind.values());

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

  private PromptStore store() {
    if (opened == null) {
      throw new IllegalStateException("no store was opened");
    }
    return opened;
  }

  private PromptLedger ledger() {
    return store().ledger();
  }

  @Test
  void an_empty_ledger_sums_up_to_nothing() {
    assertThat(ledger().sums(Range.ALL)).isEqualTo(LedgerSums.NONE);
    assertThat(By.values())
        .allSatisfy(by -> assertThat(ledger().sumsBy(by, Range.ALL, 10)).isEmpty());
    assertThat(visited(Range.ALL)).isEmpty();
  }

  @Test
  void lines_come_back_as_they_were_added() {
    var usage = new Usage(4_000_000_000L, 7, 3_000_000_000L, 1_000_000_000L, 999_999_999);
    var untold = new Usage(10, 2, null, null, 0);
    var day = Duration.ofDays(1).plusMillis(1);
    var lines =
        List.of(
            new LedgerEntry(
                NOON,
                "c",
                "acme",
                "a/b",
                Kind.TURN,
                usage,
                5_000_000_000L,
                4_000_000_000L,
                0,
                true,
                day,
                2,
                Duration.ofMillis(321)),
            new LedgerEntry(NOON, "c", "", "", Kind.TURN, untold, 0, 0, 0, false, null, 0, null),
            new LedgerEntry(
                NOON,
                "d",
                "acme",
                "a/b",
                Kind.PING,
                usage,
                Long.MAX_VALUE,
                0,
                0,
                true,
                null,
                0,
                null),
            new LedgerEntry(
                NOON,
                "c",
                "acme",
                "a/b",
                Kind.LEFT,
                Usage.NONE,
                0,
                0,
                3_000_000_000L,
                true,
                null,
                3,
                null));

    store().save(conversation("c", 0), lines);

    assertThat(visited(Range.ALL)).containsExactlyElementsOf(lines);
  }

  @Test
  void the_state_is_saved_with_the_lines() {
    store().save(conversation("c", 7), List.of(ping("c", 7)));

    assertThat(store().find("c")).contains(conversation("c", 7));
  }

  @Test
  void what_is_saved_again_adds_its_lines_and_takes_none_away() {
    store().save(conversation("c", 1), List.of(ping("c", 1)));
    store().save(conversation("c", 2), List.of(ping("c", 2), ping("c", 3)));
    store().save(conversation("c", 3));

    assertThat(visited(Range.ALL)).containsExactly(ping("c", 1), ping("c", 2), ping("c", 3));
  }

  @Test
  void lines_are_visited_the_oldest_first_and_those_of_a_moment_as_they_were_added() {
    var late = at(NOON.plusMillis(1), 1);
    var early = at(NOON.minusMillis(1), 2);
    var noon = at(NOON, 9);
    var alsoNoon = at(NOON, 3);

    store().save(conversation("c", 0), List.of(late, noon, early, alsoNoon));

    assertThat(visited(Range.ALL)).containsExactly(early, noon, alsoNoon, late);
  }

  @Test
  void more_lines_than_a_page_are_visited_once_even_if_they_are_of_one_moment() {
    var lines =
        IntStream.range(0, 6500)
            .mapToObj(i -> at(NOON.plusMillis(i < 1000 || i > 6000 ? i : 1000), i))
            .toList();
    save(lines);

    assertThat(visited(Range.ALL)).containsExactlyElementsOf(lines);
  }

  @Test
  void a_visitor_may_use_the_store() {
    store().save(conversation("c", 0), List.of(ping("c", 1), ping("c", 2)));

    ledger()
        .visit(
            Range.ALL,
            line ->
                store()
                    .save(
                        conversation("d", 0),
                        List.of(ping("d", ledger().sums(Range.ALL).warms()))));

    assertThat(visited(of("d"))).extracting(LedgerEntry::cost).startsWith(2L, 3L);
  }

  @Test
  void sums_are_those_of_the_lines_whatever_the_range() {
    var random = new Random(11);
    var lines = someLines(random, 3000);
    save(lines);

    assertThat(ledger().sums(Range.ALL)).isEqualTo(sum(lines));
    for (int i = 0; i < 60; i++) {
      var range = someRange(random);
      var within = within(range, lines);

      assertThat(ledger().sums(range)).as("%s", range).isEqualTo(sum(within));
      assertThat(visited(range))
          .as("%s", range)
          .containsExactlyElementsOf(within.stream().sorted(comparing(LedgerEntry::at)).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void groups_are_those_of_the_lines_whatever_the_range_and_the_limit(By by) {
    var random = new Random(by.name().hashCode());
    var lines = someLines(random, 3000);
    save(lines);

    for (int i = 0; i < 30; i++) {
      var range = i == 0 ? Range.ALL : someRange(random);
      int limit = random.nextInt(1, 20);

      assertThat(ledger().sumsBy(by, range, limit))
          .as("%s %s", limit, range)
          .containsExactlyElementsOf(groups(by, within(range, lines), limit));
    }
  }

  @Test
  void hours_and_days_are_named_as_people_read_them() {
    save(
        List.of(
            at(Instant.parse("2026-11-21T16:59:59.999Z"), 1),
            at(Instant.parse("2026-11-21T17:00:00Z"), 2),
            at(Instant.parse("2026-12-01T00:00:00Z"), 3)));

    assertThat(ledger().sumsBy(By.HOUR, Range.ALL, 9))
        .extracting(Group::name)
        .containsExactly("2026-11-21T16:00Z", "2026-11-21T17:00Z", "2026-12-01T00:00Z");
    assertThat(ledger().sumsBy(By.DAY, Range.ALL, 9))
        .extracting(Group::name)
        .containsExactly("2026-11-21", "2026-12-01");
  }

  @Test
  void groups_on_which_the_same_was_spent_are_in_the_order_of_their_names() {
    for (var id : List.of("b", "ä", "B", "a", "10", "9", "z")) {
      store().save(conversation(id, 0), List.of(ping(id, id.equals("z") ? 2 : 1)));
    }
    store().save(conversation("nothing", 0), List.of(turn("nothing")));

    assertThat(ledger().sumsBy(By.CONVERSATION, Range.ALL, 8))
        .extracting(Group::name)
        .containsExactly("z", "10", "9", "B", "a", "b", "ä", "nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "'; DROP TABLE ledger; --", "😀 %_ä", "a\0b", "\uD83D", "\uE000"})
  void names_of_any_kind_are_told_apart_and_come_back(String name) {
    var line =
        new LedgerEntry(
            NOON, name, name, name + "/m", Kind.PING, Usage.NONE, 1, 0, 0, true, null, 0, null);
    store().save(conversation("c", 0), List.of(ping("other", 5), line));
    var range = new Range(null, null, name, name, name);

    assertThat(visited(range)).containsExactly(line);
    assertThat(ledger().sumsBy(By.TENANT, range, 9)).containsExactly(group(name, line));
    assertThat(ledger().sumsBy(By.PROVIDER, range, 9)).containsExactly(group(name, line));
    assertThat(ledger().sumsBy(By.MODEL, range, 9)).containsExactly(group(name + "/m", line));
    assertThat(ledger().sumsBy(By.CONVERSATION, range, 9)).containsExactly(group(name, line));
  }

  @ParameterizedTest
  @MethodSource("enormous")
  void a_sum_that_is_too_large_is_an_error(LedgerEntry line) {
    save(List.of(line));
    var alone = ledger().sums(Range.ALL);
    save(List.of(line));

    assertThat(alone).isEqualTo(sum(List.of(line)));
    assertThatThrownBy(() -> ledger().sums(Range.ALL)).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> ledger().sumsBy(By.DAY, Range.ALL, 9))
        .isInstanceOf(RuntimeException.class);
  }

  static List<LedgerEntry> enormous() {
    long most = Long.MAX_VALUE;
    return List.of(
        of(Kind.PING, Usage.NONE, most, 0, 0),
        of(Kind.TURN, Usage.NONE, most, 0, 0),
        of(Kind.TURN, Usage.NONE, 0, most, 0),
        of(Kind.LEFT, Usage.NONE, 0, 0, most),
        of(Kind.PING, new Usage(0, 0, most, null, 0), 0, 0, 0),
        of(Kind.PING, new Usage(0, 0, null, most, 0), 0, 0, 0));
  }

  @Test
  void lines_of_concurrent_threads_are_neither_lost_nor_duplicated() throws Exception {
    inThreads(
        8,
        thread -> {
          for (int i = 1; i <= 30; i++) {
            var id = "c" + thread;
            store().save(conversation(id, i), List.of(ping(id, 1), turn(id)));
          }
        });

    assertThat(ledger().sumsBy(By.CONVERSATION, Range.ALL, 99))
        .hasSize(8)
        .allSatisfy(group -> {
          assertThat(group.sums().costs().spent()).isEqualTo(30);
          assertThat(group.sums().turns()).isEqualTo(30);
        });
  }

  @Test
  void a_state_and_its_lines_become_visible_together() throws Exception {
    inThreads(
        3,
        thread -> {
          for (int i = 1; i <= 100; i++) {
            if (thread == 0) {
              store().save(conversation("c", i), List.of(ping("c", 1)));
            } else if (thread == 1) {
              long saved = spent();
              assertThat(ledger().sums(of("c")).costs().spent()).isGreaterThanOrEqualTo(saved);
            } else {
              long added = ledger().sums(of("c")).costs().spent();
              assertThat(spent()).isGreaterThanOrEqualTo(added);
            }
          }
        });

    assertThat(spent()).isEqualTo(100);
  }

  private long spent() {
    return store().find("c").map(each -> each.costs().spent()).orElse(0L);
  }

  private interface Work {
    void in(int thread) throws Exception;
  }

  private static void inThreads(int threads, Work work) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = new ArrayList<Future<?>>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        tasks.add(
            executor.submit(() -> {
              work.in(thread);
              return thread;
            }));
      }
      for (var task : tasks) {
        task.get();
      }
    }
  }

  /// In parts, in the order of conversations.
  private void save(List<LedgerEntry> lines) {
    for (int i = 0; i < lines.size(); i += 50) {
      var part = lines.subList(i, Math.min(lines.size(), i + 50));
      store().save(conversation("c", i), part);
    }
  }

  private List<LedgerEntry> visited(Range range) {
    var visited = new ArrayList<LedgerEntry>();
    ledger().visit(range, visited::add);
    return visited;
  }

  private static Range of(String id) {
    return new Range(null, null, null, null, id);
  }

  private static Conversation conversation(String id, long spent) {
    return new Conversation(id, "", "", WarmingState.off(Duration.ofMinutes(4)))
        .with(new WarmingCosts(spent, 0, 0));
  }

  private static LedgerEntry ping(String id, long cost) {
    return PromptSamples.ping(id, cost);
  }

  private static LedgerEntry turn(String id) {
    return new LedgerEntry(
        NOON, id, "", "m", Kind.TURN, Usage.NONE, 100, 0, 0, true, null, 0, null);
  }

  private static LedgerEntry at(Instant at, long cost) {
    return new LedgerEntry(
        at, "c", "", "m", Kind.PING, Usage.NONE, cost, 0, 0, true, null, 0, null);
  }

  private static LedgerEntry of(Kind kind, Usage usage, long cost, long saved, long wasted) {
    return new LedgerEntry(
        NOON, "c", "", "m", kind, usage, cost, saved, wasted, true, null, 0, null);
  }

  private static Group group(String name, LedgerEntry line) {
    return new Group(name, sum(List.of(line)));
  }

  private static List<LedgerEntry> someLines(Random random, int many) {
    return IntStream.range(0, many).mapToObj(_ -> someLine(random)).toList();
  }

  /// Lines of five days.
  private static LedgerEntry someLine(Random random) {
    int chat = random.nextInt(24);
    var read = random.nextInt(4) == 0 ? null : Long.valueOf(random.nextInt(200_000));
    var written = random.nextInt(4) == 0 ? null : Long.valueOf(random.nextInt(200_000));
    return new LedgerEntry(
        NOON.plusSeconds(random.nextInt(5 * 24 * 60) * 60L),
        "chat-" + chat,
        TENANTS.get(chat % TENANTS.size()),
        MODELS.get(random.nextInt(MODELS.size())),
        KINDS.get(random.nextInt(KINDS.size())),
        new Usage(random.nextInt(200_000), random.nextInt(900), read, written, 0),
        random.nextInt(9) == 0 ? 0 : random.nextLong(1_000_000_000_000L),
        random.nextLong(1_000_000_000_000L),
        random.nextInt(1000),
        random.nextInt(5) > 0,
        random.nextBoolean() ? null : Duration.ofMillis(random.nextInt(1_000_000)),
        random.nextInt(12),
        random.nextBoolean() ? null : Duration.ofMillis(random.nextInt(10_000)));
  }

  private static Range someRange(Random random) {
    var from = NOON.plusSeconds(random.nextInt(5 * 24) * 3600L);
    var until = from.plusSeconds(random.nextInt(5 * 24) * 3600L);
    int chat = random.nextInt(25);
    var provider = List.of("anthropic", "simulator", "vllm", "", "nobody").get(random.nextInt(5));
    return new Range(
        random.nextBoolean() ? null : from,
        random.nextBoolean() ? null : until,
        random.nextInt(3) > 0 ? null : TENANTS.get(random.nextInt(TENANTS.size())),
        random.nextInt(3) > 0 ? null : provider,
        random.nextInt(4) > 0 ? null : "chat-" + chat);
  }

  private static List<LedgerEntry> within(Range range, List<LedgerEntry> lines) {
    return lines.stream()
        .filter(line -> range.from() == null || line.at().compareTo(range.from()) >= 0)
        .filter(line -> range.until() == null || line.at().compareTo(range.until()) < 0)
        .filter(line -> range.tenant() == null || line.tenant().equals(range.tenant()))
        .filter(line -> range.provider() == null || provider(line).equals(range.provider()))
        .filter(line ->
            range.conversationId() == null || line.conversationId().equals(range.conversationId()))
        .toList();
  }

  private static String provider(LedgerEntry line) {
    return line.model().contains("/") ? line.model().replaceAll("/.*", "") : "";
  }

  private static List<Group> groups(By by, List<LedgerEntry> lines, int limit) {
    var groups = new ArrayList<Group>();
    lines.stream()
        .collect(groupingBy(line -> name(by, line)))
        .forEach((name, group) -> groups.add(new Group(name, sum(group))));
    if (by == By.HOUR || by == By.DAY) {
      groups.sort(comparing(Group::name));
      return groups.subList(Math.max(0, groups.size() - limit), groups.size());
    }
    groups.sort(
        comparingLong((Group group) -> -group.sums().costs().spent()).thenComparing(Group::name));
    return groups.subList(0, Math.min(limit, groups.size()));
  }

  private static String name(By by, LedgerEntry line) {
    return switch (by) {
      case TENANT -> line.tenant();
      case PROVIDER -> provider(line);
      case MODEL -> line.model();
      case CONVERSATION -> line.conversationId();
      case HOUR -> written(line, "yyyy-MM-dd'T'HH':00Z'");
      case DAY -> written(line, "yyyy-MM-dd");
    };
  }

  private static String written(LedgerEntry line, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT)
        .format(line.at().atOffset(ZoneOffset.UTC));
  }

  /// An independent implementation, so that it does not share a fault with the tested one.
  private static LedgerSums sum(Collection<LedgerEntry> lines) {
    Predicate<LedgerEntry> turn = line -> line.kind() == Kind.TURN;
    Predicate<LedgerEntry> rewrite = line -> line.kind() == Kind.REWRITE;
    var ping = rewrite.or(line -> line.kind() == Kind.PING);
    Predicate<LedgerEntry> left = line -> line.kind() == Kind.LEFT;
    Predicate<LedgerEntry> warm = line -> line.usage().read() > line.usage().written();
    var answered = turn.and(line -> line.timeToFirstToken() != null);
    return new LedgerSums(
        new WarmingCosts(
            sum(lines, ping, LedgerEntry::cost),
            sum(lines, _ -> true, LedgerEntry::saved),
            sum(lines, _ -> true, LedgerEntry::wasted)),
        sum(lines, turn, LedgerEntry::cost),
        sum(lines, turn, _ -> 1),
        sum(lines, ping, _ -> 1),
        sum(lines, rewrite, _ -> 1),
        sum(lines, left, _ -> 1),
        sum(lines, left.negate().and(line -> !line.priced()), _ -> 1),
        sum(lines, ping, line -> line.usage().read()),
        sum(lines, ping, line -> line.usage().written()),
        sum(lines, answered.and(warm), _ -> 1),
        Duration.ofMillis(sum(lines, answered.and(warm), PromptLedgerContract::wait)),
        sum(lines, answered.and(warm.negate()), _ -> 1),
        Duration.ofMillis(sum(lines, answered.and(warm.negate()), PromptLedgerContract::wait)));
  }

  private static long sum(
      Collection<LedgerEntry> lines,
      Predicate<LedgerEntry> which,
      ToLongFunction<LedgerEntry> amount) {
    return lines.stream().filter(which).mapToLong(amount).sum();
  }

  private static long wait(LedgerEntry line) {
    var wait = line.timeToFirstToken();
    return wait == null ? 0 : wait.toMillis();
  }
}
