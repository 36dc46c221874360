package io.stoker.server.console;

import static java.time.temporal.ChronoUnit.DAYS;

import io.stoker.Time;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.LedgerEntry;
import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.PromptStore;
import io.stoker.prompts.Usage;
import io.stoker.prompts.WarmingState;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ledger entries written before the server starts.
final class LedgerFixture {

  static final String EVIL_TENANT = "<img src=x onerror=alert(1)>";
  static final String EVIL_ID = "\"><svg onload=alert('id')>";

  private final List<LedgerEntry> lines = new ArrayList<>();
  private final Instant now = Time.system().now();

  private LedgerFixture() {}

  /// A few entries of this week, one of today, and an expensive old one.
  static void fill(Path folder) {
    var books = new LedgerFixture();
    var plans = books.of("acme", "holiday-plans", "anthropic/claude-haiku-4-5");
    plans.ping(200, 1_000_000_000_000L, 2000, 0);
    plans.ping(3, 1200, 12_000, 0);
    plans.turn(3, 13_800, new Usage(12_100, 300, 12_000L, 100L, 0), 640);
    var evil = books.of(EVIL_TENANT, EVIL_ID, "simulator/small");
    evil.ping(2, 1200, 0, 6000);
    evil.turn(2, 0, new Usage(6000, 300, 0L, 6000L, 0), 2210);
    var left = books.of("acme", "left-alone", "openai/gpt-5-mini");
    left.ping(1, 1200, 12_000, 0);
    left.left(1, 1200);
    books.of("acme", "of-today", "anthropic/claude-haiku-4-5").ping(0, 200, 2000, 0);
    books.keep(folder);
  }

  /// A month of three tenants, with different amounts each day.
  static void month(Path folder) {
    var books = new LedgerFixture();
    for (int day = 29; day >= 0; day--) {
      for (int i = 0; i < 3; i++) {
        int weight = 1 + (day * 7 + i * 5) % 11;
        var talk =
            books.of(
                List.of("acme", "globex", "").get(i),
                "conversation-" + (day + i) % 5 + "-" + "of-a-long-name".repeat(i + 1),
                List.of("anthropic/claude-haiku-4-5", "openai/gpt-5-mini", "simulator/small")
                    .get(i));
        talk.ping(day, weight * 1100L, weight * 9000L, day % 9 == 0 ? 12_000 : 0);
        long saved = weight % 4 == 0 ? 0 : weight * 7300L;
        long tokens = weight * 9000L;
        talk.turn(
            day,
            saved,
            saved == 0
                ? new Usage(tokens, 300, 0L, tokens, 0)
                : new Usage(tokens, 300, tokens, 0L, 0),
            saved == 0 ? 2300 : 610);
        if (weight == 3) {
          talk.left(day, weight * 1100L);
        }
      }
    }
    books.keep(folder);
  }

  private Talk of(String tenant, String id, String model) {
    return new Talk(tenant, id, model);
  }

  /// Entries of one conversation on a day in the past.
  private final class Talk {

    private final String tenant;
    private final String id;
    private final String model;

    Talk(String tenant, String id, String model) {
      this.tenant = tenant;
      this.id = id;
      this.model = model;
    }

    void ping(int daysAgo, long cost, long read, long written) {
      var usage = new Usage(read + written + 10, 1, read, written, 0);
      add(daysAgo, read < written ? Kind.REWRITE : Kind.PING, usage, cost, 0, 0, null);
    }

    void turn(int daysAgo, long saved, Usage usage, long firstTokenMillis) {
      add(daysAgo, Kind.TURN, usage, 5000, saved, 0, Duration.ofMillis(firstTokenMillis));
    }

    void left(int daysAgo, long wasted) {
      add(daysAgo, Kind.LEFT, Usage.NONE, 0, 0, wasted, null);
    }

    private void add(
        int daysAgo,
        Kind kind,
        Usage usage,
        long cost,
        long saved,
        long wasted,
        @Nullable Duration firstToken) {
      var at = now.minus(daysAgo, DAYS);
      lines.add(
          new LedgerEntry(
              at, id, tenant, model, kind, usage, cost, saved, wasted, true, null, 0, firstToken));
    }
  }

  private void keep(Path folder) {
    try (var state = StateDatabase.sqlite(folder.resolve("stoker.db"));
        var store = PromptStore.on(state)) {
      for (var line : lines) {
        var warming = WarmingState.off(WarmingState.STANDARD_INTERVAL);
        store.save(
            new Conversation(line.conversationId(), line.model(), "", warming), List.of(line));
      }
    }
  }
}
