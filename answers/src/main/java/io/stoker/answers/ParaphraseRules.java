package io.stoker.answers;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What two similar questions must have in common for one's answer to be served for the other:
/// numbers, dates, names, question words and negations, and no pair of opposites between them.
///
/// Embeddings of "is" and "is not", of 2023 and 2024, of maximum and minimum are close. In doubt
/// these rules say no: an answer computed twice costs less than a wrong one.
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

  /// Pairs of sets of words with opposite meanings.
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

  /// Words that ask for different things.
  private static final Set<String> QUESTION_WORDS =
      Set.of(
          "who", "whom", "whose", "when", "where", "why", "how", "wer", "wann", "wo", "warum",
          "wie");

  private ParaphraseRules() {}

  /// Whether one question's answer may be served for the other, if their embeddings are similar.
  static boolean mayShareAnswer(String one, String other) {
    var ones = words(one);
    var others = words(other);
    return numbers(ones).equals(numbers(others))
        && count(ones, NEGATIONS) == count(others, NEGATIONS)
        && only(ones, DATES).equals(only(others, DATES))
        && only(ones, QUESTION_WORDS).equals(only(others, QUESTION_WORDS))
        && names(one).equals(names(other))
        && !areOpposed(ones, others);
  }

  private static List<String> words(String question) {
    return WORD.matcher(question)
        .results()
        .map(match -> TRAILING.matcher(match.group()).replaceAll("").toLowerCase(Locale.ROOT))
        .toList();
  }

  /// All words with a digit.
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

  /// Words with a capital letter or a digit, except for a capitalized first word.
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

  /// Whether one question has words of only one side, and the other of only the opposite side.
  private static boolean areOpposed(List<String> ones, List<String> others) {
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
