package io.stoker.answers;

import static io.stoker.answers.QuestionList.InvalidException.Code.EMPTY;

import io.stoker.TextRules;
import io.stoker.answers.QuestionLineParser.Line;
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

/// Questions as a batch takes them, out of a text with one on each line.
///
/// Blank lines and comments, which begin with `#` or `//`, are passed over. A line that is one
/// quoted field of CSV is unquoted. Numbers (`1.`, `2)`) or bullets (`-`, `*`, `+`, `•`) at the
/// front are dropped if more than half of the questions have them. A line that begins with `= ` is
/// another wording of the question above it. What says the same as an earlier line, and what says
/// nothing, is skipped; so is another wording that says the same as any question.
///
/// @param questions what to ask; at least one
/// @param wordings other wordings of a question, by the question word for word
/// @param skipped lines that hold a question, or what should be one, that is not asked
public record QuestionList(
    List<String> questions, Map<String, List<String>> wordings, List<Skipped> skipped) {

  /// How many other wordings a question may have.
  public static final int MAX_WORDINGS = 20;

  private static final Pattern NUMBER = Pattern.compile("^\\d{1,6}[.)]\\s+(?=\\S)");
  private static final Pattern BULLET = Pattern.compile("^[-*+•]\\s+(?=\\S)");

  /// Keeps copies.
  public QuestionList {
    questions = List.copyOf(questions);
    wordings = Map.copyOf(wordings);
    skipped = List.copyOf(skipped);
  }

  /// A question with other wordings that mean the same.
  public record WordedQuestion(String question, List<String> wordings) {

    /// Keeps a copy.
    public WordedQuestion {
      wordings = List.copyOf(wordings);
    }
  }

  /// A line that is left out.
  ///
  /// @param line its number, from 1
  /// @param text what it says; shortened to 80 characters
  /// @param reason why it is left out
  public record Skipped(int line, String text, String reason) {

    private static final int LONGEST = 80;

    /// Shortens the text.
    public Skipped {
      text = TextRules.truncated(text, LONGEST);
    }
  }

  /// How much a list may hold.
  ///
  /// @param bytes of the text that is read
  /// @param questions lines that are neither blank nor comments, skipped ones included
  /// @param characters of one question
  public record Limits(long bytes, int questions, int characters) {

    /// 10 MB, 10,000 questions of 4,000 characters.
    public static final Limits STANDARD = new Limits(10L * 1024 * 1024, 10_000, 4_000);

    /// Checks that something is allowed.
    public Limits {
      if (bytes < 1 || questions < 1 || characters < 1) {
        throw new IllegalArgumentException(
            "limits must be at least 1 but were %d bytes, %d questions, %d characters"
                .formatted(bytes, questions, characters));
      }
    }
  }

  /// Reads a text in UTF-8, with a byte order mark or without, and no more of it than the limits
  /// let through. Does not close it.
  ///
  /// @param keepDuplicates whether what says the same as an earlier line is asked all the same
  /// @throws InvalidException if the text is beyond a limit, not in UTF-8, or holds no question
  public static QuestionList read(InputStream utf8, Limits limits, boolean keepDuplicates)
      throws IOException {
    return sift(QuestionLineParser.read(utf8, limits), limits, keepDuplicates);
  }

  /// Takes texts as if each was a line; it may hold line breaks nevertheless.
  ///
  /// @param keepDuplicates whether what says the same as an earlier one is asked all the same
  /// @throws InvalidException if there are too many, one is too long, or none is a question
  public static QuestionList of(List<String> questions, Limits limits, boolean keepDuplicates) {
    return ofWorded(
        questions.stream().map(question -> new WordedQuestion(question, List.of())).toList(),
        limits,
        keepDuplicates);
  }

  /// The same of questions that may have other wordings.
  ///
  /// @param keepDuplicates whether a question that says the same as an earlier one is asked all the
  ///   same
  /// @throws InvalidException if there are too many, one is too long, or none is a question
  public static QuestionList ofWorded(
      List<WordedQuestion> questions, Limits limits, boolean keepDuplicates) {
    return sift(QuestionLineParser.of(questions, limits), limits, keepDuplicates);
  }

  private static QuestionList sift(List<Line> lines, Limits limits, boolean keepDuplicates) {
    var questions = new ArrayList<String>();
    var rewordings = new ArrayList<Rewording>();
    var skipped = new ArrayList<Skipped>();
    Map<String, Integer> seen = HashMap.newHashMap(lines.size());
    String question = null;
    for (var line : withoutMarkers(withoutQuotes(lines))) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("it takes too long");
      }
      if (line.text().codePointCount(0, line.text().length()) > limits.characters()) {
        throw QuestionLineParser.tooLong(line.number(), limits);
      }
      if (line.wording()) {
        rewordings.add(new Rewording(line, question));
        continue;
      }
      String reason = reasonToSkip(line, seen, keepDuplicates);
      question = reason == null ? line.text() : null;
      if (reason == null) {
        questions.add(line.text());
      } else {
        skipped.add(new Skipped(line.number(), line.text(), reason));
      }
    }
    if (questions.isEmpty()) {
      throw new InvalidException(EMPTY, 0, "there is no question in it");
    }
    var wordings = wordings(rewordings, seen, skipped);
    skipped.sort(Comparator.comparingInt(Skipped::line));
    return new QuestionList(questions, wordings, skipped);
  }

  /// Another wording.
  ///
  /// @param question what it is another wording of; null if that is not asked
  private record Rewording(Line line, @Nullable String question) {}

  /// Once all questions are known, which have their normal forms to themselves.
  private static Map<String, List<String>> wordings(
      List<Rewording> rewordings, Map<String, Integer> seen, List<Skipped> skipped) {
    var wordings = new HashMap<String, List<String>>();
    for (var rewording : rewordings) {
      var line = rewording.line;
      var question = rewording.question;
      String reason =
          question == null
              ? "is another wording of nothing that is asked"
              : reasonToSkip(line, seen, false);
      if (question == null || reason != null) {
        skipped.add(new Skipped(line.number(), line.text(), String.valueOf(reason)));
      } else {
        wordings.computeIfAbsent(question, _ -> new ArrayList<>()).add(line.text());
      }
    }
    return wordings;
  }

  private static @Nullable String reasonToSkip(
      Line line, Map<String, Integer> seen, boolean keepDuplicates) {
    String normal = QuestionNormalizer.normal(line.text());
    if (normal.isEmpty()) {
      return "says nothing";
    }
    var earlier = seen.putIfAbsent(normal, line.number());
    return earlier == null || keepDuplicates ? null : "says the same as line " + earlier;
  }

  private static List<Line> withoutQuotes(List<Line> lines) {
    return lines.stream()
        .map(line -> line.with(unquoted(line.text())))
        .filter(line -> !line.text().isEmpty())
        .toList();
  }

  /// The text of a quoted field of CSV, in which quotes are doubled; others as they are.
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
    var questions = lines.stream().filter(line -> !line.wording()).toList();
    long marked = questions.stream().filter(line -> isMarked.test(line.text())).count();
    if (marked * 2 <= questions.size()) {
      return lines;
    }
    return lines.stream()
        .map(
            line -> line.wording() ? line : line.with(marker.matcher(line.text()).replaceFirst("")))
        .toList();
  }

  /// A list of questions that cannot be queued, and where it is wrong. Nothing of it is queued.
  public static final class InvalidException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// What is wrong.
    public enum Code {
      /// More bytes than the limit.
      TOO_LARGE,
      /// More questions than the limit.
      TOO_MANY,
      /// A question with more characters than the limit.
      TOO_LONG,
      /// Binary, another encoding, or cut off in the middle of a character.
      NOT_UTF8,
      /// No question in it.
      EMPTY
    }

    private final Code code;
    private final int line;

    /// @param line the line at which it was noticed, from 1; 0 if of no line
    /// @param message what is wrong, without the line
    public InvalidException(Code code, int line, String message) {
      super(line == 0 ? message : "line " + line + ": " + message);
      this.code = code;
      this.line = line;
    }

    /// What is wrong.
    public Code code() {
      return code;
    }

    /// The line at which it was noticed, from 1; 0 if of no line.
    public int line() {
      return line;
    }
  }
}
