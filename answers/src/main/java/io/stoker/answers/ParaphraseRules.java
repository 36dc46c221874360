package io.stoker.answers;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What two questions must have in common, however alike an encoder finds them, for one's answer to
/// be served for the other: numbers, dates, names, negations, and no pair of opposites between
/// them.
///
/// Encoders place "is" beside "is not", 2023 beside 2024 and the maximum beside the minimum. When
/// in doubt these rules say no: an answer made twice costs less than a wrong one.
final class ParaphraseRules {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}.,:/'+#%_-]*");
  private static final Pattern NAME =
      Pattern.compile(
          "\\A(?:\\p{Lu}[\\p{L}\\p{N}+#_-]*|\\p{L}*\\p{N}[\\p{L}\\p{N}]*|\\p{Ll}+\\p{Lu}\\S*)");
  private static final Pattern TRAILING = Pattern.compile("(?<![.,:/'-])[.,:/'-]++$");

  private static final Set<String> NEGATIONS =
      Set.of(
          "not", "no", "never", "none", "nothing", "nobody", "without", "cannot", "neither", "nor",
          "nicht", "kein", "keine", "keinen", "nie", "ohne", "nichts", "niemand");

  private static final Set<String> DATES =
      Set.of(
          "january",
          "february",
          "march",
          "april",
          "may",
          "june",
          "july",
          "august",
          "september",
          "october",
          "november",
          "december",
          "monday",
          "tuesday",
          "wednesday",
          "thursday",
          "friday",
          "saturday",
          "sunday",
          "today",
          "yesterday",
          "tomorrow",
          "last",
          "next",
          "first",
          "second",
          "third",
          "fourth",
          "previous",
          "current",
          "former",
          "new",
          "old");

  /// Words of which two questions must not have one each.
  private static final List<Set<String>> OPPOSITES =
      List.of(
          Set.of("max", "maximum", "most", "highest", "largest", "greatest", "longest"),
          Set.of("min", "minimum", "least", "lowest", "smallest", "shortest"),
          Set.of("before", "prior", "until"),
          Set.of("after", "since", "following"),
          Set.of("start", "begin", "open", "enable", "enabled", "activate", "on", "add", "create"),
          Set.of(
              "stop",
              "end",
              "close",
              "disable",
              "disabled",
              "deactivate",
              "off",
              "remove",
              "delete",
              "cancel"),
          Set.of("increase", "raise", "more", "higher", "up", "above", "over", "faster", "grow"),
          Set.of(
              "decrease", "lower", "less", "reduce", "down", "below", "under", "slower", "shrink"),
          Set.of("allow", "allowed", "permit", "permitted", "include", "included", "accept"),
          Set.of("deny", "denied", "forbid", "forbidden", "exclude", "excluded", "reject"),
          Set.of("buy", "import", "upload", "send", "encrypt", "encode", "lock", "login"),
          Set.of("sell", "export", "download", "receive", "decrypt", "decode", "unlock", "logout"),
          Set.of("with", "true", "public", "internal", "left", "pros", "advantages", "benefits"),
          Set.of(
              "without",
              "false",
              "private",
              "external",
              "right",
              "cons",
              "disadvantages",
              "risks"));

  /// Words that ask for something else when they differ.
  private static final Set<String> ASKING =
      Set.of(
          "who", "whom", "whose", "when", "where", "why", "how", "wer", "wann", "wo", "warum",
          "wie");

  private ParaphraseRules() {}

  /// Whether one question's answer may be served for the other, if an encoder finds them alike.
  static boolean mayMatch(String one, String other) {
    var ones = words(one);
    var others = words(other);
    return numbers(ones).equals(numbers(others))
        && count(ones, NEGATIONS) == count(others, NEGATIONS)
        && only(ones, DATES).equals(only(others, DATES))
        && only(ones, ASKING).equals(only(others, ASKING))
        && names(one).equals(names(other))
        && !haveOpposites(ones, others);
  }

  private static List<String> words(String question) {
    return WORD.matcher(question)
        .results()
        .map(match -> TRAILING.matcher(match.group()).replaceAll("").toLowerCase(Locale.ROOT))
        .toList();
  }

  /// Whatever holds a digit, as it is written.
  private static List<String> numbers(List<String> words) {
    return words.stream()
        .filter(word -> word.chars().anyMatch(Character::isDigit))
        .sorted()
        .toList();
  }

  private static long count(List<String> words, Set<String> of) {
    return words.stream()
        .filter(word -> of.contains(word) || word.endsWith("n't") || word.startsWith("non-"))
        .count();
  }

  private static Set<String> only(List<String> words, Set<String> of) {
    return words.stream().filter(of::contains).collect(Collectors.toCollection(TreeSet::new));
  }

  /// Words with a capital letter or a digit, but for the first, which has its capital by its place.
  private static Set<String> names(String question) {
    var names = new HashSet<String>();
    var matcher = WORD.matcher(question.strip());
    while (matcher.find()) {
      var word = TRAILING.matcher(matcher.group()).replaceAll("");
      boolean acronym = word.length() > 1 && word.equals(word.toUpperCase(Locale.ROOT));
      if (NAME.matcher(word).matches() && (matcher.start() > 0 || acronym)) {
        names.add(word.toLowerCase(Locale.ROOT));
      }
    }
    names.remove("i");
    return names;
  }

  /// Whether one has words of the one side only, and the other of the other side only.
  private static boolean haveOpposites(List<String> ones, List<String> others) {
    for (int i = 0; i < OPPOSITES.size(); i += 2) {
      var here = OPPOSITES.get(i);
      var there = OPPOSITES.get(i + 1);
      if (side(ones, here, there) * side(others, here, there) < 0) {
        return true;
      }
    }
    return false;
  }

  private static int side(List<String> words, Set<String> here, Set<String> there) {
    int one = only(words, here).isEmpty() ? 0 : 1;
    int other = only(words, there).isEmpty() ? 0 : 1;
    return one - other;
  }
}
