package io.stoker.answers;

/// A list of questions that cannot be queued, and where it is wrong. Nothing of it is queued.
public final class QuestionListException extends RuntimeException {

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
  public QuestionListException(Code code, int line, String message) {
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
