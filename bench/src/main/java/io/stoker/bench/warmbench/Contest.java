package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.Tier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All rules on the same traffic.
///
/// @param books of each rule by its name, in the order in which they are shown
/// @param hindsight the best that could have been decided once for each tenant
/// @param again the adaptive rule's, led a second time through the traffic that it has learned by
///   then
/// @param inParts the adaptive rule's where a prompt is kept [in parts][Keeping#IN_PARTS]
record Contest(Map<String, Books> books, Books hindsight, Books again, Books inParts) {

  static Contest of(List<Step> steps) {
    var books = new LinkedHashMap<String, Books>();
    books.put(Rules.NEVER, RunThrough.sum(Rules.never(), steps));
    Rules.fixed().forEach(rule -> books.put(rule.name(), RunThrough.sum(rule, steps)));
    var brief = Rules.adaptive(Rules.ADAPTIVE_BRIEF, Rules.BRIEF_ONLY);
    books.put(brief.name(), RunThrough.sum(brief, steps));
    var both = Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH);
    books.put(both.name(), RunThrough.sum(both, steps));
    var hindsight = Hindsight.books(steps);
    books.put("hindsight best", hindsight);
    Rules.clairvoyants().forEach(rule -> books.put(rule.name(), RunThrough.sum(rule, steps)));
    return new Contest(books, hindsight, RunThrough.sum(both, steps), inParts(steps));
  }

  private static Books inParts(List<Step> steps) {
    var rule = Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH);
    return RunThrough.sum(new RunThrough(rule, Keeping.IN_PARTS, (_, _) -> {}).run(steps));
  }

  Contest plus(Contest other) {
    var sum = new LinkedHashMap<>(books);
    other.books.forEach((rule, more) -> sum.merge(rule, more, Books::plus));
    return new Contest(
        sum, hindsight.plus(other.hindsight), again.plus(other.again), inParts.plus(other.inParts));
  }

  Books of(String rule) {
    return books.getOrDefault(rule, Books.EMPTY);
  }

  double change(Books those) {
    return those.against(of(Rules.NEVER));
  }

  double change(String rule) {
    return change(of(rule));
  }

  /// The least change of a rule that decides the same for everybody.
  ///
  /// @param briefOnly whether only rules count that keep to the shorter tier
  double leastFixed(boolean briefOnly) {
    return Rules.fixed().stream()
        .filter(rule -> !briefOnly || rule.terms(Tier.BRIEF).write() == Rules.BRIEF.write())
        .mapToDouble(rule -> change(rule.name()))
        .min()
        .orElseThrow();
  }

  /// How much of what could have been saved in hindsight the adaptive rule saves, as a share.
  double shareOfHindsight() {
    return change(Rules.ADAPTIVE) / change(hindsight);
  }
}
