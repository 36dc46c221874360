package io.stoker.answers;

import static io.stoker.answers.QuestionList.InvalidException.Code.EMPTY;

import io.stoker.answers.QuestionLineParser.Line;
import io.stoker.answers.QuestionList.InvalidException;
import io.stoker.answers.QuestionList.Limits;
import io.stoker.answers.QuestionList.Skipped;
import io.stoker.answers.QuestionList.WordedQuestion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads [QuestionList]s from uploads, cleans them and skips duplicates.
///
/// In a text each line is a question. Blank lines and comments, which begin with `#` or `//`, are
/// ignored. A line that is one quoted CSV field is unquoted. Numbers (`1.`, `2)`) and bullets (`-`,
/// `*`, `+`, `•`) at the front are removed if more than half of the questions have them. A line
/// that begins with `= ` is another wording of the question above it. Duplicates, by normal form,
/// are skipped, and so is text without letters or digits.
public final class QuestionListReader {

  private static final Pattern NUMBER = Pattern.compile("^\\d{1,6}[.)]\\s+(?=\\S)");
  private static final Pattern BULLET = Pattern.compile("^[-*+•]\\s+(?=\\S)");

  private QuestionListReader() {}

  /// Reads a UTF-8 text, with or without a byte order mark, and no further than the limits allow.
  /// Does not close it.
  ///
  /// @param keepDuplicates whether duplicates are taken too
  /// @throws InvalidException if a limit is exceeded, the text is not UTF-8, or has no question
  public static QuestionList read(InputStream utf8, Limits limits, boolean keepDuplicates)
      throws IOException {
    return select(QuestionLineParser.read(utf8, limits), limits, keepDuplicates);
  }

  /// A list of texts that each count as one line, even with line breaks in them.
  ///
  /// @param keepDuplicates whether duplicates are taken too
  /// @throws InvalidException if a limit is exceeded, or none is a question
  public static QuestionList of(List<String> questions, Limits limits, boolean keepDuplicates) {
    return ofWorded(
        questions.stream().map(question -> new WordedQuestion(question, List.of())).toList(),
        limits,
        keepDuplicates);
  }

  /// A list of questions that may have other wordings.
  ///
  /// @param keepDuplicates whether duplicates are taken too
  /// @throws InvalidException if a limit is exceeded, or none is a question
  public static QuestionList ofWorded(
      List<WordedQuestion> questions, Limits limits, boolean keepDuplicates) {
    return select(QuestionLineParser.of(questions, limits), limits, keepDuplicates);
  }

  private static QuestionList select(List<Line> lines, Limits limits, boolean keepDuplicates) {
    var questions = new ArrayList<String>();
    var rewordings = new ArrayList<Rewording>();
    var skipped = new ArrayList<Skipped>();
    Map<String, Integer> seen = HashMap.newHashMap(lines.size());
    String question = null;
    for (var line : withoutMarkers(unquotedLines(lines))) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("reading the list took too long");
      }
      if (line.text().codePointCount(0, line.text().length()) > limits.characters()) {
        throw QuestionLineParser.tooLong(line.number(), limits);
      }
      if (line.isWording()) {
        rewordings.add(new Rewording(line, question));
        continue;
      }
      String reason = skipReason(line, seen, keepDuplicates);
      question = reason == null ? line.text() : null;
      if (reason == null) {
        questions.add(line.text());
      } else {
        skipped.add(new Skipped(line.number(), line.text(), reason));
      }
    }
    if (questions.isEmpty()) {
      throw new InvalidException(EMPTY, 0, "expected at least one question, got none");
    }
    var wordings = wordings(rewordings, seen, skipped);
    skipped.sort(Comparator.comparingInt(Skipped::line));
    return new QuestionList(questions, wordings, skipped);
  }

  /// Another wording of a question.
  ///
  /// @param question null if that question was skipped
  private record Rewording(Line line, @Nullable String question) {}

  /// Called when all questions are known, since a wording must differ from all of them.
  private static Map<String, List<String>> wordings(
      List<Rewording> rewordings, Map<String, Integer> seen, List<Skipped> skipped) {
    var wordings = new HashMap<String, List<String>>();
    for (var rewording : rewordings) {
      var line = rewording.line;
      var question = rewording.question;
      String reason =
          question == null ? "is a wording of a skipped question" : skipReason(line, seen, false);
      if (question == null || reason != null) {
        skipped.add(new Skipped(line.number(), line.text(), String.valueOf(reason)));
      } else {
        wordings.computeIfAbsent(question, _ -> new ArrayList<>()).add(line.text());
      }
    }
    return wordings;
  }

  private static @Nullable String skipReason(
      Line line, Map<String, Integer> seen, boolean keepDuplicates) {
    String normal = QuestionNormalizer.normal(line.text());
    if (normal.isEmpty()) {
      return "has no letters or digits";
    }
    var earlier = seen.putIfAbsent(normal, line.number());
    return earlier == null || keepDuplicates ? null : "duplicates line " + earlier;
  }

  private static List<Line> unquotedLines(List<Line> lines) {
    return lines.stream()
        .map(line -> line.with(unquoted(line.text())))
        .filter(line -> !line.text().isEmpty())
        .toList();
  }

  /// The text of a quoted CSV field, in which quotes are doubled; any other text unchanged.
  private static String unquoted(String text) {
    if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
      return text;
    }
    String inner = text.substring(1, text.length() - 1);
    boolean oneField = inner.replace("\"\"", "").indexOf('"') < 0;
    return oneField ? inner.replace("\"\"", "\"").strip() : text;
  }

  private static List<Line> withoutMarkers(List<Line> lines) {
    return without(BULLET, without(NUMBER, lines));
  }

  private static List<Line> without(Pattern marker, List<Line> lines) {
    Predicate<String> isMarked = marker.asPredicate();
    var questions = lines.stream().filter(line -> !line.isWording()).toList();
    long marked = questions.stream().filter(line -> isMarked.test(line.text())).count();
    if (marked * 2 <= questions.size()) {
      return lines;
    }
    return lines.stream()
        .map(line ->
            line.isWording() ? line : line.with(marker.matcher(line.text()).replaceFirst("")))
        .toList();
  }
}
