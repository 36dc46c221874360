package io.stoker.bench;

import static io.stoker.bench.Statistics.median;
import static io.stoker.bench.Statistics.milliseconds;
import static io.stoker.bench.Statistics.quantile;
import static io.stoker.bench.Statistics.spread;

import io.stoker.bench.page.MarkdownPage;
import java.time.Duration;

/// The results of [AnswersBench] as Markdown. Confined to one thread.
final class AnswersPage {

  private static final double SUBMIT_TARGET = 60;
  private static final double ASK_TARGET = 2;
  private static final double WATCH_TARGET = 1000;
  private static final double WATCH_PROCESSOR_TARGET = 15;

  private final MarkdownPage page = new MarkdownPage();

  AnswersPage(int rounds, Machine machine, AnswersBench.Results results) {
    page.line("## Answers: " + (rounds == 1 ? "one round" : rounds + " rounds"));
    page.line("");
    page.line("| | |");
    page.line("|---|---|");
    machine.lines("./stoker bench answers --rounds " + rounds).forEach(page::line);
    page.line("");
    page.line("| measured | how | value | target | |");
    page.line("|---|---|---:|---:|---|");
    var submits = results.submits().stream().map(Statistics::milliseconds).toList();
    page.row(
        "10,000 questions submitted, durable, SQLite",
        "median over the rounds; " + spread("%.0f", submits) + " ms",
        "%.0f ms".formatted(median(submits)),
        "<= %.0f ms".formatted(SUBMIT_TARGET),
        median(submits) <= SUBMIT_TARGET);
    for (var queue : results.queues()) {
      page.row(
          "claimed and settled, durable, " + queue.name(),
          "4 threads, 250 at a time; " + spread("%,.0f", queue.perSecond()),
          "%,.0f/s".formatted(median(queue.perSecond())),
          ">= %,.0f/s".formatted(queue.target()),
          median(queue.perSecond()) >= queue.target());
    }
    results
        .peer()
        .ifPresentOrElse(
            perSecond ->
                page.line(
                    "| BullMQ on Redis, not durable | one worker, concurrency 250; %s | %,.0f/s | | |"
                        .formatted(spread("%,.0f", perSecond), median(perSecond))),
            () -> page.line("| BullMQ on Redis | absent: install Node and npm | | | |"));
    page.row(
        "a cached answer, 1,000 asked per second",
        "p99 of 10,000; p50 %.2f ms".formatted(milliseconds(quantile(results.asks(), 0.5))),
        "%.2f ms".formatted(milliseconds(quantile(results.asks(), 0.99))),
        "<= %.0f ms".formatted(ASK_TARGET),
        milliseconds(quantile(results.asks(), 0.99)) <= ASK_TARGET);
    watched(results.watched());
    page.line("");
    page.line(
        "All in one process with the store, without HTTP. A figure is the median over the rounds where there are several.");
  }

  private void watched(AnswersBench.Watched watched) {
    var slowest = watched.delays().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    page.row(
        "an event at each of 1,000 viewers",
        "the slowest of a million, 100 events/s; p99 %.0f ms; %d missing"
            .formatted(milliseconds(quantile(watched.delays(), 0.99)), watched.missing()),
        "%.0f ms".formatted(milliseconds(slowest)),
        "<= %.0f ms".formatted(WATCH_TARGET),
        milliseconds(slowest) <= WATCH_TARGET && watched.missing() == 0);
    page.row(
        "processor time of 1,000 viewers",
        "share of a core, the settling of 100 queries/s included",
        "%.1f %%".formatted(100 * watched.processor()),
        "< %.0f %%".formatted(WATCH_PROCESSOR_TARGET),
        100 * watched.processor() < WATCH_PROCESSOR_TARGET);
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
