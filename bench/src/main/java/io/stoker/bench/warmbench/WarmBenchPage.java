package io.stoker.bench.warmbench;

import io.stoker.bench.page.MarkdownPage;
import io.stoker.bench.warmbench.WarmBench.Result;
import java.util.List;

/// The results of [WarmBench] as Markdown. Confined to one thread.
final class WarmBenchPage {

  private static final double PERCENT = 100;

  /// Shown instead of a share of zero.
  private static final String NOTHING = "-";

  private static final double BAR_PER_COST = 40;
  private static final double LONGEST = 1.6;

  private static final double BRIEF_TARGET = -0.34;
  private static final double BRIEF_LEAD = 0.05;
  private static final String HINDSIGHT = "share of the hindsight saving";
  private static final double HINDSIGHT_TARGET = 0.9;
  private static final double LOOPS_TARGET = 0.001;

  /// The targets of the adaptive rule, by the number of new tokens.
  private enum Target {
    SMALL(6_000, -0.6, 0.02),
    LARGE(20_000, -0.44, 0.1);

    private final int newTokens;
    private final double change;
    private final double lead;

    Target(int newTokens, double change, double lead) {
      this.newTokens = newTokens;
      this.change = change;
      this.lead = lead;
    }
  }

  private final MarkdownPage page = new MarkdownPage();

  WarmBenchPage(List<String> machine, List<Result> results) {
    page.line("## Warming that pays");
    page.line("");
    page.line("| | |");
    page.line("|---|---|");
    machine.forEach(page::line);
    results.forEach(this::table);
    results.forEach(this::bars);
    page.line("");
    page.line("| measured | how | value | target | |");
    page.line("|---|---|---:|---:|---|");
    results.forEach(this::targets);
  }

  /// Adds the result for tool loops.
  ///
  /// @param change the change of the total costs against never
  void loops(double change) {
    page.row(
        "tool loops only",
        "adaptive against never, share of all that is spent",
        signed(change, 2),
        "<= " + signed(LOOPS_TARGET, 1),
        change <= LOOPS_TARGET);
  }

  private void table(Result result) {
    var never = result.comparison().of(Rules.NEVER);
    page.line("");
    page.line("### " + result.title());
    page.line("");
    page.line(
        "| rule | against never | re-writes | pings | surcharge | wasted pings | pings sent |");
    page.line("|---|---:|---:|---:|---:|---:|---:|");
    result
        .comparison()
        .costs()
        .forEach((rule, costs) ->
            page.line(
                "| %s | %s | %s | %s | %s | %s | %,d |"
                    .formatted(
                        rule,
                        signed(costs.against(never), 1),
                        share(costs.rewrites() / never.avoidable()),
                        share(costs.pings() / never.avoidable()),
                        share(costs.surcharge() / never.avoidable()),
                        share(costs.wasted() / never.avoidable()),
                        costs.sent())));
  }

  private void bars(Result result) {
    var never = result.comparison().of(Rules.NEVER);
    page.line("");
    page.line("What each rule costs of what never costs, " + result.title() + ":");
    page.line("");
    page.line("```");
    page.line("re-writes █   pings ▒   surcharge ░   longer than shown »");
    result
        .comparison()
        .costs()
        .forEach((rule, costs) ->
            page.line("%-24s %s".formatted(rule, bar(costs, never.avoidable())).stripTrailing()));
    page.line("```");
  }

  private static String bar(Costs costs, double whole) {
    int rewrites = length(costs.rewrites() / whole);
    int pings = length((costs.rewrites() + costs.pings()) / whole) - rewrites;
    int all = length(costs.avoidable() / whole);
    var bar = "█".repeat(rewrites) + "▒".repeat(pings) + "░".repeat(all - rewrites - pings);
    return bar
        + (costs.avoidable() / whole > LONGEST ? "»" : "")
        + " "
        + share(costs.avoidable() / whole);
  }

  private static int length(double share) {
    return (int) Math.round(BAR_PER_COST * Math.min(share, LONGEST));
  }

  private void targets(Result result) {
    var comparison = result.comparison();
    for (var target : Target.values()) {
      if (target.newTokens == result.newTokens()) {
        targets(result.title(), target, comparison);
      }
    }
    double share = comparison.shareOfHindsight();
    var how = "adaptive, of the best once chosen for each tenant; " + result.title();
    if (result.newTokens() > 0) {
      page.row(
          HINDSIGHT, how, share(share), ">= " + share(HINDSIGHT_TARGET), share >= HINDSIGHT_TARGET);
    } else {
      page.line("| %s | %s | %s | | |".formatted(HINDSIGHT, how, share(share)));
    }
    page.line(
        "| adaptive, a second time | on the same traffic, which it has learned by then; %s | %s | | |"
            .formatted(result.title(), signed(comparison.change(comparison.again()), 1)));
    page.line(
        "| adaptive, prompts kept in parts | if an hour holds only for what was written for an hour; %s | %s | | |"
            .formatted(result.title(), signed(comparison.change(comparison.inParts()), 1)));
  }

  private void targets(String title, Target target, Comparison comparison) {
    if (target == Target.SMALL) {
      double brief = comparison.change(Rules.ADAPTIVE_BRIEF);
      page.row(
          Rules.ADAPTIVE_BRIEF,
          "against never; " + title,
          signed(brief, 1),
          "<= " + signed(BRIEF_TARGET, 0),
          brief <= BRIEF_TARGET);
      lead(Rules.ADAPTIVE_BRIEF, title, comparison.leastFixed(true) - brief, BRIEF_LEAD);
    }
    double change = comparison.change(Rules.ADAPTIVE);
    page.row(
        Rules.ADAPTIVE,
        "against never; " + title,
        signed(change, 1),
        "<= " + signed(target.change, 0),
        change <= target.change);
    lead(Rules.ADAPTIVE, title, comparison.leastFixed(false) - change, target.lead);
  }

  private void lead(String rule, String title, double lead, double target) {
    page.row(
        rule,
        "better than the best fixed rule%s; %s"
            .formatted(rule.equals(Rules.ADAPTIVE_BRIEF) ? " for 5 min" : "", title),
        "%.1f points".formatted(PERCENT * lead),
        ">= %.0f points".formatted(PERCENT * target),
        lead >= target);
  }

  private static String signed(double share, int digits) {
    return Double.isFinite(share) ? ("%+." + digits + "f %%").formatted(PERCENT * share) : NOTHING;
  }

  private static String share(double share) {
    return Double.isFinite(share) ? "%.1f %%".formatted(PERCENT * share) : NOTHING;
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
