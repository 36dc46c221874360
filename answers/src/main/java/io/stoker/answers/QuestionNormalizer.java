package io.stoker.answers;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Normalizes questions for comparison: questions that differ only in form get the same normal
/// form, questions that may differ in meaning get different ones.
///
/// Case, white space, typography, punctuation at the ends and polite phrases at the front are
/// ignored. Everything that can change the meaning is visible: numbers with their signs and
/// separators, names such as `C++` and `.NET`, negations, the order of words, accents. In doubt it
/// is visible: an answer computed twice costs less than a wrong one.
///
/// Normalizing is idempotent.
final class QuestionNormalizer {

  /// Quotes and brackets that may enclose a whole question.
  private static final Map<Character, Character> PAIRS =
      Map.of('"', '"', '\'', '\'', '`', '`', '*', '*', '(', ')', '[', ']', '«', '»');

  /// Punctuation that ends a sentence or a clause, in several scripts.
  private static final String ENDS = "?!.,;:…‽¿¡؟،؛。、।։";

  private static final Pattern SUPERSCRIPT =
      Pattern.compile("(?<=[\\p{L}\\p{N})])([⁰¹²³⁴-⁹⁺⁻ⁱⁿ]+)");
  private static final Pattern SUBSCRIPT = Pattern.compile("(?<=\\p{Nd})([₀-₉]+)");
  private static final Pattern FRACTION = Pattern.compile("(?<=\\p{Nd})([¼-¾⅐-⅞↉①-⒛])");
  private static final Pattern APOSTROPHE = Pattern.compile("[‘’‚‛′´ʼ]");
  private static final Pattern QUOTE = Pattern.compile("[“”„‟″]");
  private static final Pattern DASH = Pattern.compile("[‐-―−]");

  /// Format characters, except the two joiners, which matter in some scripts and in emoji.
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}&&[^\u200C\u200D]]+");

  private static final Pattern SPACE = Pattern.compile("[\\p{Z}\\p{Cc}]+");

  /// Repeated punctuation after a word; not a lone `..`, nor the one in `1..5`.
  private static final Pattern REPEATED =
      Pattern.compile("(?<=[\\p{L}\\p{N}\"')\\]%+#])([?!.,;:])[?!.,;:]+(?= |$)");

  /// A bullet, dash or punctuation mark at the front, but not the minus of a number.
  private static final Pattern FRONT =
      Pattern.compile("^(?:[¿¡]+ ?|[?.,;:…•·*#]+ |-+ (?!\\p{Nd}))");

  private static final Pattern HAS_CONTENT = Pattern.compile("[\\p{L}\\p{N}\\p{So}]");

  /// Words that begin a question.
  private static final String QUESTION_WORDS =
      "(?:what|who|whose|whom|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will"
          + "|would|should|may|please|tell|explain|show|i|was|wer|wie|wo|wann|warum|welche[rsmn]?"
          + "|ist|sind|kann|kannst|können|könnten|könntest|bitte)\\b";

  /// Between a polite phrase and the question.
  private static final String SEPARATOR = "(?: ?[,:] ?| )";

  /// Polite phrases at the front; removed only if something follows.
  private static final List<Pattern> POLITENESS =
      List.of(
          // "hello, world" names a program, and "hi-fi" is not a greeting.
          front(
              "(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening)"
                  + "|guten (?:tag|morgen|abend))(?: there)?"
                  + "(?:[,!]+ ?(?!world|welt)|[.:;]+ (?!world|welt)| - | (?=(?:"
                  + QUESTION_WORDS
                  + ")))"),
          front("(?:please|bitte)" + SEPARATOR),
          front(
              "(?:can|could|would|will) you (?:please |kindly )?(?:tell (?:me|us)|let me know)"
                  + SEPARATOR),
          front(
              "(?:can|could|would|will) you (?:please |kindly )?"
                  + "(?=(?:explain|describe|show|list|give|find|summari[sz]e|compare|help) )"),
          front("tell me" + SEPARATOR),
          front("(?:i would|i'd) (?:like|love) to know" + SEPARATOR),
          front("i want to know" + SEPARATOR),
          front("do you know" + SEPARATOR + "(?=" + QUESTION_WORDS + ")"),
          front(
              "(?:kannst du|können sie|könntest du|könnten sie) (?:mir |uns )?(?:bitte )?"
                  + "(?:sagen|erklären)"
                  + SEPARATOR));

  private QuestionNormalizer() {}

  /// The normal form; empty if the question has no letters, digits or symbols.
  static String normal(String question) {
    String form = spaced(folded(question));
    form = REPEATED.matcher(form).replaceAll("$1");
    String before;
    do {
      before = form;
      form = polished(bare(form));
    } while (!form.equals(before));
    return HAS_CONTENT.matcher(form).find() ? form : "";
  }

  private static String folded(String question) {
    if (isAscii(question)) {
      return question.toLowerCase(Locale.ROOT);
    }
    // NFKC alone turns 10² into 102, and 1½ into 11/2.
    String visible = INVISIBLE.matcher(question).replaceAll("");
    visible = SUPERSCRIPT.matcher(visible).replaceAll("^$1");
    visible = SUBSCRIPT.matcher(visible).replaceAll("_$1");
    visible = FRACTION.matcher(visible).replaceAll(" $1");
    String form = Normalizer.normalize(visible, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    form = Normalizer.normalize(form, Normalizer.Form.NFKC);
    form = APOSTROPHE.matcher(form).replaceAll("'");
    form = QUOTE.matcher(form).replaceAll("\"");
    return DASH.matcher(form).replaceAll("-");
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static String spaced(String text) {
    return SPACE.matcher(text).replaceAll(" ").strip();
  }

  /// Strips everything insignificant at both ends.
  private static String bare(String text) {
    String form = text;
    String before;
    do {
      before = form;
      form = withoutPair(withoutEnd(FRONT.matcher(form).replaceFirst("")));
    } while (!form.equals(before));
    return form;
  }

  private static String withoutEnd(String text) {
    int end = text.length();
    int before;
    do {
      before = end;
      end = withoutMarks(text, end);
    } while (end < before);
    return text.substring(0, end);
  }

  /// The end of the text before its trailing run of one punctuation mark or of spaces. Keeps the
  /// `!` of `5!`, which may be a factorial, and a `..`, which may be a name.
  private static int withoutMarks(String text, int end) {
    if (end == 0) {
      return 0;
    }
    char mark = text.charAt(end - 1);
    int run = end - 1;
    while (run > 0 && text.charAt(run - 1) == mark) {
      run--;
    }
    return switch (mark) {
      case ' ' -> run;
      case '!' -> run > 0 && Character.isDigit(text.charAt(run - 1)) ? run + 1 : run;
      case '.' -> run > 0 && text.charAt(run - 1) != ' ' ? run : Math.min(end, run + 2);
      default -> ENDS.indexOf(mark) >= 0 ? run : end;
    };
  }

  private static String withoutPair(String text) {
    if (text.length() < 2) {
      return text;
    }
    char open = text.charAt(0);
    var close = PAIRS.get(open);
    if (close == null) {
      return text;
    }
    int depth = 0;
    while (depth < text.length() / 2
        && text.charAt(depth) == open
        && text.charAt(text.length() - 1 - depth) == close) {
      depth++;
    }
    String inner = text.substring(depth, text.length() - depth);
    return inner.indexOf(open) < 0 && inner.indexOf(close) < 0 ? inner.strip() : text;
  }

  private static String polished(String text) {
    String form = text;
    for (var politeness : POLITENESS) {
      Matcher match = politeness.matcher(form);
      if (match.find() && HAS_CONTENT.matcher(form.substring(match.end())).find()) {
        form = form.substring(match.end());
      }
    }
    return form;
  }

  private static Pattern front(String words) {
    return Pattern.compile("^(?:" + words + ")");
  }
}
