package io.stoker.answers;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The normal form of questions: two that say the same in almost the same words have one form, and
/// two that may mean different things have two.
///
/// Case, white space, typography, punctuation at the ends and politeness at the front do not
/// matter. Everything that can turn the meaning does: numbers with their signs and separators,
/// names such as `C++` and `.NET`, negations, the order of words, accents. When in doubt it
/// matters: an answer made twice costs less than a wrong one.
///
/// The form of a form is itself.
final class QuestionNormalizer {

  /// Pairs that a whole question may stand in.
  private static final Map<Character, Character> PAIRS =
      Map.of('"', '"', '\'', '\'', '`', '`', '*', '*', '(', ')', '[', ']', '«', '»');

  /// What ends a sentence or part of one, in several scripts.
  private static final String ENDS = "?!.,;:…‽¿¡؟،؛。、।։";

  private static final Pattern SUPERSCRIPT =
      Pattern.compile("(?<=[\\p{L}\\p{N})])([⁰¹²³⁴-⁹⁺⁻ⁱⁿ]+)");
  private static final Pattern SUBSCRIPT = Pattern.compile("(?<=\\p{Nd})([₀-₉]+)");
  private static final Pattern FRACTION = Pattern.compile("(?<=\\p{Nd})([¼-¾⅐-⅞↉①-⒛])");
  private static final Pattern APOSTROPHE = Pattern.compile("[‘’‚‛′´ʼ]");
  private static final Pattern QUOTE = Pattern.compile("[“”„‟″]");
  private static final Pattern DASH = Pattern.compile("[‐-―−]");

  /// Marks that cannot be seen, but not the two joiners, which matter in some scripts and in emoji.
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}&&[^\u200C\u200D]]+");

  private static final Pattern SPACE = Pattern.compile("[\\p{Z}\\p{Cc}]+");

  /// More than one mark behind a word; not `..` by itself, nor that of `1..5`.
  private static final Pattern REPEATED =
      Pattern.compile("(?<=[\\p{L}\\p{N}\"')\\]%+#])([?!.,;:])[?!.,;:]+(?= |$)");

  /// A bullet, dash or mark that stands alone at the front. A minus may belong to a number.
  private static final Pattern FRONT =
      Pattern.compile("^(?:[¿¡]+ ?|[?.,;:…•·*#]+ |-+ (?!\\p{Nd}))");

  private static final Pattern SAYS_SOMETHING = Pattern.compile("[\\p{L}\\p{N}\\p{So}]");

  /// Words that only a question begins with.
  private static final String ASKING =
      "(?:what|who|whose|whom|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will"
          + "|would|should|may|please|tell|explain|show|i|was|wer|wie|wo|wann|warum|welche[rsmn]?"
          + "|ist|sind|kann|kannst|können|könnten|könntest|bitte)\\b";

  /// What stands between politeness and the question.
  private static final String THEN = "(?: ?[,:] ?| )";

  /// Each at the front, and something must be left behind it.
  private static final List<Pattern> POLITENESS =
      List.of(
          // "hello, world" is the name of a program, and hi-fi no greeting.
          front(
              "(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening)"
                  + "|guten (?:tag|morgen|abend))(?: there)?"
                  + "(?:[,!]+ ?(?!world|welt)|[.:;]+ (?!world|welt)| - | (?=(?:"
                  + ASKING
                  + ")))"),
          front("(?:please|bitte)" + THEN),
          front(
              "(?:can|could|would|will) you (?:please |kindly )?(?:tell (?:me|us)|let me know)"
                  + THEN),
          front(
              "(?:can|could|would|will) you (?:please |kindly )?"
                  + "(?=(?:explain|describe|show|list|give|find|summari[sz]e|compare|help) )"),
          front("tell me" + THEN),
          front("(?:i would|i'd) (?:like|love) to know" + THEN),
          front("i want to know" + THEN),
          front("do you know" + THEN + "(?=" + ASKING + ")"),
          front(
              "(?:kannst du|können sie|könntest du|könnten sie) (?:mir |uns )?(?:bitte )?"
                  + "(?:sagen|erklären)"
                  + THEN));

  private QuestionNormalizer() {}

  /// The normal form; empty if the question holds neither letter nor number.
  static String normal(String question) {
    String form = spaced(folded(question));
    form = REPEATED.matcher(form).replaceAll("$1");
    String before;
    do {
      before = form;
      form = polished(bare(form));
    } while (!form.equals(before));
    return SAYS_SOMETHING.matcher(form).find() ? form : "";
  }

  private static String folded(String question) {
    if (isAscii(question)) {
      return question.toLowerCase(Locale.ROOT);
    }
    // NFKC alone would make 102 of 10², and 11/2 of 1½.
    String kept = INVISIBLE.matcher(question).replaceAll("");
    kept = SUPERSCRIPT.matcher(kept).replaceAll("^$1");
    kept = SUBSCRIPT.matcher(kept).replaceAll("_$1");
    kept = FRACTION.matcher(kept).replaceAll(" $1");
    String form = Normalizer.normalize(kept, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
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

  /// Without what does not matter at the ends.
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

  /// Where a text ends without the equal marks, or blanks, at its end. That of `5!` may be a
  /// factorial's, and `..` may be a name.
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
      if (match.find() && SAYS_SOMETHING.matcher(form.substring(match.end())).find()) {
        form = form.substring(match.end());
      }
    }
    return form;
  }

  private static Pattern front(String words) {
    return Pattern.compile("^(?:" + words + ")");
  }
}
