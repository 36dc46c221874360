package io.stoker.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The metrics and labels in a PromQL query.
///
/// @param selectors its metrics, each with what their labels must be
/// @param grouping labels that stand behind `by` and the like
record PromQuery(List<Selector> selectors, Set<String> grouping) {

  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*),\\s*(\\w+)\\)");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
  private static final Pattern SELECTOR =
      Pattern.compile("(?<![\\w.])([a-zA-Z_:][\\w:]*+)\\s*+(\\{[^}]*})?+(?!\\()");
  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

  /// A metric with its label matchers.
  record Selector(String metric, Map<String, String> matchers) {}

  static PromQuery read(String text) {
    var grouping = new TreeSet<String>();
    var rest = cut(text, LABEL_VALUES, found -> grouping.add(found.group(2)), "$1");
    rest = cut(rest, GROUPING, found -> grouping.addAll(labels(found.group(1))), " ");
    rest = cut(rest, RANGE, _ -> {}, " ");
    var selectors = new ArrayList<Selector>();
    cut(rest, SELECTOR, found -> selectors.add(selector(found)), "");
    selectors.removeIf(selector -> WORDS.contains(selector.metric()));
    return new PromQuery(List.copyOf(selectors), grouping);
  }

  private static String cut(
      String text, Pattern pattern, Consumer<MatchResult> use, String replacement) {
    var matcher = pattern.matcher(text);
    matcher.results().forEach(use);
    return matcher.replaceAll(replacement);
  }

  private static List<String> labels(String list) {
    return List.of(list.split(",", -1)).stream().map(String::strip).toList();
  }

  private static Selector selector(MatchResult found) {
    var matchers = new LinkedHashMap<String, String>();
    if (found.group(2) != null) {
      MATCHER
          .matcher(found.group(2))
          .results()
          .forEach(matcher -> matchers.put(matcher.group(1), matcher.group(2)));
    }
    return new Selector(found.group(1), matchers);
  }
}
