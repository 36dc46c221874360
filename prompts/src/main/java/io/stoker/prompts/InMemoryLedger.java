package io.stoker.prompts;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The ledger in memory, gone with the process. It holds the newest [MOST] lines. Thread-safe.
final class InMemoryLedger implements PromptLedger {

  private static final int MOST = 1_000_000;

  private static final Comparator<Group> MOST_SPENT =
      Comparator.comparingLong((Group group) -> group.sums().money().spent())
          .reversed()
          .thenComparing(Group::name);

  private final ArrayDeque<LedgerEntry> lines = new ArrayDeque<>();

  synchronized void add(List<LedgerEntry> more) {
    lines.addAll(more);
    while (lines.size() > MOST) {
      lines.removeFirst();
    }
  }

  private synchronized List<LedgerEntry> in(Range range) {
    return lines.stream().filter(line -> contains(range, line)).toList();
  }

  private static boolean contains(Range range, LedgerEntry line) {
    return (range.from() == null || !line.at().isBefore(range.from()))
        && (range.until() == null || line.at().isBefore(range.until()))
        && isAny(range.tenant(), line.tenant())
        && isAny(range.provider(), line.provider())
        && isAny(range.conversationId(), line.conversationId());
  }

  private static boolean isAny(@Nullable String wanted, String value) {
    return wanted == null || wanted.equals(value);
  }

  @Override
  public LedgerSums sums(Range range) {
    return sum(in(range).stream());
  }

  private static LedgerSums sum(Stream<LedgerEntry> lines) {
    return lines.map(LedgerSums::of).reduce(LedgerSums.NONE, LedgerSums::plus);
  }

  @Override
  public List<Group> sumsBy(By by, Range range, int limit) {
    var sums = new TreeMap<String, LedgerSums>();
    for (var line : in(range)) {
      sums.merge(name(by, line), LedgerSums.of(line), LedgerSums::plus);
    }
    var groups = new ArrayList<Group>();
    sums.forEach((name, sum) -> groups.add(new Group(name, sum)));
    boolean ofTime = by == By.HOUR || by == By.DAY;
    if (ofTime) {
      return List.copyOf(groups.subList(Math.max(0, groups.size() - limit), groups.size()));
    }
    return groups.stream().sorted(MOST_SPENT).limit(limit).toList();
  }

  private static String name(By by, LedgerEntry line) {
    return switch (by) {
      case TENANT -> line.tenant();
      case PROVIDER -> line.provider();
      case MODEL -> line.model();
      case CONVERSATION -> line.conversationId();
      case HOUR -> hour(line.at());
      case DAY -> line.at().atOffset(ZoneOffset.UTC).toLocalDate().toString();
    };
  }

  /// As `2026-11-21T16:00Z`.
  private static String hour(Instant at) {
    return at.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.HOURS).toString();
  }

  @Override
  public void visit(Range range, Consumer<LedgerEntry> visitor) {
    in(range).stream().sorted(Comparator.comparing(LedgerEntry::at)).forEach(visitor);
  }
}
