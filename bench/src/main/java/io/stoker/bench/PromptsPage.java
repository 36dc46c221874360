package io.stoker.bench;

import static io.stoker.bench.Statistics.median;
import static io.stoker.bench.Statistics.milliseconds;
import static io.stoker.bench.Statistics.quantile;
import static io.stoker.bench.Statistics.seconds;
import static io.stoker.bench.Statistics.spread;

import io.stoker.bench.PromptsBench.Options;
import io.stoker.bench.PromptsBench.Results;
import io.stoker.bench.PromptsBench.Timers;
import io.stoker.bench.PromptsBench.Warmth;
import io.stoker.bench.page.MarkdownPage;
import java.time.Duration;
import java.util.List;

/// The results of [PromptsBench] as Markdown. Confined to one thread.
final class PromptsPage {

  private static final double AGAIN_TARGET = 1_500_000;
  private static final double BYTES_TARGET = 64;

  /// One tick of the timers and 15 ms.
  private static final Duration LATE_TARGET = Duration.ofMillis(35);

  private static final Duration RESTORE_TARGET = Duration.ofSeconds(30);
  private static final Duration UPDATE_TARGET = Duration.ofMillis(50);

  private final MarkdownPage page = new MarkdownPage();
  private final Options options;

  PromptsPage(Options options, Machine machine, Results results) {
    this.options = options;
    page.line("## Prompts: %,d conversations".formatted(options.conversations()));
    page.line("");
    page.line("| | |");
    page.line("|---|---|");
    machine.lines(options.command()).forEach(page::line);
    page.line("");
    timers(results.timers());
    page.line("");
    page.line("| measured | how | value | target | |");
    page.line("|---|---|---:|---:|---|");
    timerTargets(results.timers().getFirst());
    warmth(results.warmth());
    restored("in memory", results.warmth().restored());
    restored("SQLite", results.restored());
    sockets(results.sockets());
    page.line("");
    page.line(
        "Timers: one thread sets each in no order, to between 200 and 320 s; the rate is the median"
            + " of all passes, the bytes are the difference to as many records without a timer,"
            + " the processor time is that of all threads. Warms: by the"
            + " adaptive policy; timers, writers, store in memory and simulator (100 ms for an"
            + " answer; entries live five minutes from the start of a request, and one of a hundred"
            + " is pushed out before) in one process, without a wire. Updates: from"
            + " the request through a socket to its arrival at the others, client and server on the"
            + " same machine, state in SQLite.");
  }

  private void timers(List<Timers> all) {
    var ours = all.getFirst();
    page.line(
        "| %,d timers | set for the first time | set anew | to ours | processor time for one | bytes of one | to ours |"
            .formatted(options.conversations()));
    page.line("|---|---:|---:|---:|---:|---:|---:|");
    for (var kind : all) {
      page.line(
          "| %s | %,.0f/s | %,.0f/s | %.2f | %,.0f ns | %.0f | %.1f |"
              .formatted(
                  kind.name(),
                  median(kind.setPerSecond()),
                  median(kind.againPerSecond()),
                  median(kind.againPerSecond()) / median(ours.againPerSecond()),
                  median(kind.againProcessor()),
                  bytes(kind),
                  bytes(kind) / bytes(ours)));
    }
  }

  /// Includes what remains of timers that were reset.
  private static double bytes(Timers timers) {
    return Math.max(median(timers.bytes()), median(timers.bytesLater()));
  }

  private void timerTargets(Timers ours) {
    page.row(
        "timers set anew, one thread",
        spread("%,.0f", ours.againPerSecond()) + " /s",
        "%,.0f/s".formatted(median(ours.againPerSecond())),
        ">= %,.0f/s".formatted(AGAIN_TARGET),
        median(ours.againPerSecond()) >= AGAIN_TARGET);
    page.row(
        "memory of a timer",
        "beside the record it belongs to",
        "%.0f B".formatted(bytes(ours)),
        "<= %.0f B".formatted(BYTES_TARGET),
        bytes(ours) <= BYTES_TARGET);
  }

  private void warmth(Warmth warmth) {
    page.line(
        "| memory of a conversation kept warm | all that the warmer holds; a store in memory takes %,.0f B more | %,.0f B | | |"
            .formatted(warmth.store(), warmth.warmer()));
    page.row(
        "lateness of a warm",
        "p99 of %,d in %d s, %,.0f/s; p50 %.1f ms, latest %.1f ms"
            .formatted(
                warmth.came(),
                options.seconds(),
                warmth.came() / (double) options.seconds(),
                milliseconds(warmth.late().p50()),
                milliseconds(warmth.late().most())),
        "%.1f ms".formatted(milliseconds(warmth.late().p99())),
        "<= %.0f ms".formatted(milliseconds(LATE_TARGET)),
        warmth.late().p99().compareTo(LATE_TARGET) <= 0);
    var margin = KeepWarmChild.TIME_TO_LIVE.minus(BenchConversations.INTERVAL);
    long missed = warmth.due() - warmth.came() + warmth.lost();
    page.row(
        "warms too late for their entry",
        "latest within %d s; %d due and not come; %d cold or failed; %,d had been pushed out"
            .formatted(
                margin.toSeconds(), warmth.due() - warmth.came(), warmth.lost(), warmth.evicted()),
        "%d".formatted(missed),
        "0",
        missed == 0 && warmth.late().most().compareTo(margin) < 0);
    page.line(
        "| processor time of warming | share of a core | %.0f %% | | |"
            .formatted(100 * warmth.processor()));
  }

  private void restored(String store, Duration took) {
    page.row(
        "all timers set after a restart, " + store,
        "%,d conversations".formatted(options.conversations()),
        "%.1f s".formatted(seconds(took)),
        "<= %.0f s".formatted(seconds(RESTORE_TARGET)),
        took.compareTo(RESTORE_TARGET) <= 0);
  }

  private void sockets(SocketsBench.Results sockets) {
    update("at each of 10 subscribers", "40 changes/s", sockets.few(), sockets);
    update(
        "at each of %,d subscribers".formatted(sockets.sockets()),
        "1 change/s",
        sockets.all(),
        sockets);
    page.row(
        "updates missing or repeated",
        "%,d sockets, %,d subscriptions".formatted(sockets.sockets(), sockets.subscriptions()),
        "%d and %d".formatted(sockets.missing(), sockets.repeated()),
        "0 and 0",
        sockets.missing() == 0 && sockets.repeated() == 0);
  }

  private void update(
      String where, String pace, List<Duration> delays, SocketsBench.Results sockets) {
    var p99 = quantile(delays, 0.99);
    page.row(
        "an update " + where,
        "p99 of %,d, %s; p50 %.1f ms; %,d sockets"
            .formatted(delays.size(), pace, milliseconds(quantile(delays, 0.5)), sockets.sockets()),
        "%.1f ms".formatted(milliseconds(p99)),
        "<= %.0f ms".formatted(milliseconds(UPDATE_TARGET)),
        p99.compareTo(UPDATE_TARGET) <= 0);
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
