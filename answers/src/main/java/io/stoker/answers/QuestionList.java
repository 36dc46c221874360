package io.stoker.answers;

import io.stoker.TextRules;
import java.util.List;
import java.util.Map;

/// The questions of an uploaded list, cleaned and without duplicates; [QuestionListReader] makes
/// it.
///
/// @param questions at least one
/// @param wordings other wordings, by the exact text of their question
/// @param skipped lines that were not taken
public record QuestionList(
    List<String> questions, Map<String, List<String>> wordings, List<Skipped> skipped) {

  /// The most other wordings of a question.
  public static final int MAX_WORDINGS = 20;

  /// Copies the collections.
  public QuestionList {
    questions = List.copyOf(questions);
    wordings = Map.copyOf(wordings);
    skipped = List.copyOf(skipped);
  }

  /// A question with other wordings of the same meaning.
  public record WordedQuestion(String question, List<String> wordings) {

    /// Copies the wordings.
    public WordedQuestion {
      wordings = List.copyOf(wordings);
    }
  }

  /// A line that was not taken.
  ///
  /// @param line its number, from 1
  /// @param text its text, shortened to 80 characters
  /// @param reason why not
  public record Skipped(int line, String text, String reason) {

    private static final int LONGEST = 80;

    /// Shortens the text.
    public Skipped {
      text = TextRules.truncated(text, LONGEST);
    }
  }

  /// The size limits of a list.
  ///
  /// @param bytes of the whole text
  /// @param questions all lines that are neither blank nor comments, skipped ones included
  /// @param characters of one question
  public record Limits(long bytes, int questions, int characters) {

    /// 10 MB, 10,000 questions of 4,000 characters.
    public static final Limits STANDARD = new Limits(10L * 1024 * 1024, 10_000, 4_000);

    /// Checks that each is positive.
    public Limits {
      if (bytes < 1 || questions < 1 || characters < 1) {
        throw new IllegalArgumentException(
            "limits must be at least 1 but were %d bytes, %d questions, %d characters"
                .formatted(bytes, questions, characters));
      }
    }
  }

  /// Thrown when a list cannot be queued. None of its questions is queued.
  public static final class InvalidException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Kind of error.
    public enum Code {
      /// More bytes than the limit.
      TOO_LARGE,
      /// More questions than the limit.
      TOO_MANY,
      /// A question with more characters than the limit.
      TOO_LONG,
      /// Binary, another encoding, or truncated within a character.
      NOT_UTF8,
      /// No question.
      EMPTY
    }

    private final Code code;
    private final int line;

    /// @param line the line of the error, from 1; 0 if it concerns the whole list
    /// @param message the error, without the line
    public InvalidException(Code code, int line, String message) {
      super(line == 0 ? message : "line " + line + ": " + message);
      this.code = code;
      this.line = line;
    }

    /// Kind of error.
    public Code code() {
      return code;
    }

    /// The line of the error, from 1; 0 if it concerns the whole list.
    public int line() {
      return line;
    }
  }
}
