package io.stoker.bench.warmbench;

import io.stoker.bench.warmbench.WarmBench.Result;
import java.util.List;
import java.util.Locale;

/// The results as an SVG: a bar per rule with its costs relative to the rule "never". Confined to
/// one thread.
final class WarmBenchChart {

  private static final int NAMES = 190;
  private static final int HUNDRED = 340;
  private static final int WIDTH = 820;
  private static final int ROW = 22;
  private static final int BAR = 15;
  private static final int TITLE = 34;
  private static final int LEGEND = 40;
  private static final double LONGEST = 1.5;
  private static final double PERCENT = 100;

  private enum Part {
    REWRITES("re-writes", "#3b6ea5"),
    PINGS("pings before a return", "#e08a1e"),
    WASTED("pings before no return", "#b3452c"),
    SURCHARGE("surcharge of 1 h", "#7a9a3a");

    private final String label;
    private final String colour;

    Part(String label, String colour) {
      this.label = label;
      this.colour = colour;
    }

    double of(Costs costs) {
      return switch (this) {
        case REWRITES -> costs.rewrites();
        case PINGS -> costs.pings() - costs.wasted();
        case WASTED -> costs.wasted();
        case SURCHARGE -> costs.surcharge();
      };
    }
  }

  private final StringBuilder body = new StringBuilder();
  private int y;

  WarmBenchChart(List<Result> results) {
    legend();
    results.forEach(this::panel);
  }

  private void legend() {
    int x = 16;
    for (var part : Part.values()) {
      rectangle(x, 14, 12, part.colour);
      text(x + 18, 25, "", part.label);
      x += 185;
    }
    y = LEGEND;
  }

  private void panel(Result result) {
    double whole = result.comparison().of(Rules.NEVER).avoidable();
    text(16, y + 22, " font-weight=\"bold\"", "Cost of what never costs, " + result.title());
    y += TITLE;
    body.append(
        "<line x1=\"%1$d\" y1=\"%2$d\" x2=\"%1$d\" y2=\"%3$d\" stroke=\"#444\" stroke-dasharray=\"3 3\"/>%n"
            .formatted(
                NAMES + HUNDRED, y, y + ROW * result.comparison().costs().size() - ROW + BAR));
    result
        .comparison()
        .costs()
        .forEach((rule, costs) -> {
          text(NAMES - 8, y + 12, " text-anchor=\"end\"", rule);
          bar(costs, whole);
          y += ROW;
        });
  }

  private void bar(Costs costs, double whole) {
    double x = NAMES;
    double end = NAMES + LONGEST * HUNDRED;
    for (var part : Part.values()) {
      double width = Math.min(HUNDRED * part.of(costs) / whole, end - x);
      if (width > 0) {
        rectangle(x, y, width, part.colour);
        x += width;
      }
    }
    if (whole <= 0) {
      text(x + 6, y + 12, "", "-");
      return;
    }
    boolean isCut = costs.avoidable() > LONGEST * whole;
    text(
        x + 6,
        y + 12,
        " paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"4\"",
        "%s%.1f %%".formatted(isCut ? "» " : "", PERCENT * costs.avoidable() / whole));
  }

  private void rectangle(double x, int top, double width, String colour) {
    body.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
            x,
            top,
            width,
            BAR,
            colour));
  }

  private void text(double x, int baseline, String attributes, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%d\"%s>%s</text>%n",
            x,
            baseline,
            attributes,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }

  @Override
  public String toString() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13" fill="#222">
    <title>What rules of warming cost</title>
    <rect width="%1$d" height="%2$d" fill="#fff"/>
    %3$s</svg>
    """
        .formatted(WIDTH, y + 10, body);
  }
}
