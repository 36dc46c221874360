package io.stoker.answers;

import static io.stoker.answers.QuestionList.InvalidException.Code.NOT_UTF8;
import static io.stoker.answers.QuestionList.InvalidException.Code.TOO_LARGE;
import static io.stoker.answers.QuestionList.InvalidException.Code.TOO_LONG;
import static io.stoker.answers.QuestionList.InvalidException.Code.TOO_MANY;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.answers.QuestionList.Limits;
import io.stoker.answers.QuestionList.WordedQuestion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.List;

/// Parses an uploaded text into the lines that hold questions or other wordings (`= ` in front),
/// and drops blank lines and comments.
///
/// Stops at the first error, and buffers no more of a line than a question may be long: a stream
/// may be endless, and so may a line. For one text each.
final class QuestionLineParser {

  /// A line with a question.
  ///
  /// @param number from 1
  /// @param isWording whether it is another wording of the question before it
  record Line(int number, String text, boolean isWording) {

    Line with(String better) {
      return new Line(number, better, isWording);
    }
  }

  private static final int CHUNK = 8192;
  private static final String WORDING_PREFIX = "= ";

  private final Limits limits;

  /// Allows for characters beyond the BMP, in doubled quotes, after a number.
  private final long longestLine;

  private final List<Line> lines = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();
  private int number = 1;
  private int questions;

  /// Of the current question.
  private int wordings;

  private boolean atStart = true;
  private boolean inComment;
  private char last;

  private QuestionLineParser(Limits limits) {
    this.limits = limits;
    this.longestLine = 4L * limits.characters() + 64;
  }

  /// The lines of a text in UTF-8.
  static List<Line> read(InputStream utf8, Limits limits) throws IOException {
    return new QuestionLineParser(limits).read(utf8);
  }

  /// The lines of texts that were split already.
  static List<Line> of(List<WordedQuestion> questions, Limits limits) {
    var lines = new QuestionLineParser(limits);
    for (var question : questions) {
      boolean isQuestion = lines.take(question.question(), false);
      for (var wording : isQuestion ? question.wordings() : List.<String>of()) {
        lines.take(wording, true);
      }
      lines.number++;
    }
    return lines.lines;
  }

  private List<Line> read(InputStream utf8) throws IOException {
    var decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    byte[] chunk = new byte[CHUNK];
    var bytes = ByteBuffer.wrap(chunk);
    long size = 0;
    for (int read = fill(bytes, chunk, utf8); read >= 0; read = fill(bytes, chunk, utf8)) {
      size += read;
      if (size > limits.bytes()) {
        throw new QuestionList.InvalidException(
            TOO_LARGE, 0, "the text has more than " + limits.bytes() + " bytes; split it");
      }
      decode(decoder, bytes.flip(), false);
      bytes.compact();
    }
    decode(decoder, bytes.flip(), true);
    endLine();
    return lines;
  }

  private static int fill(ByteBuffer bytes, byte[] chunk, InputStream from) throws IOException {
    int read = from.read(chunk, bytes.position(), bytes.remaining());
    bytes.position(bytes.position() + Math.max(read, 0));
    return read;
  }

  private void decode(CharsetDecoder decoder, ByteBuffer bytes, boolean atEnd) {
    var chars = CharBuffer.allocate(CHUNK);
    CoderResult result;
    do {
      result = decoder.decode(bytes, chars, atEnd);
      chars.flip();
      while (chars.hasRemaining()) {
        take(chars.get());
      }
      chars.clear();
    } while (result.isOverflow());
    if (result.isError()) {
      throw new QuestionList.InvalidException(
          NOT_UTF8,
          number,
          "the text must be in UTF-8, but "
              + (atEnd ? "ends in the middle of a character" : "this is another encoding or none")
              + "; save it as UTF-8");
    }
  }

  private void take(char next) {
    boolean lineFeedOfPair = next == '\n' && last == '\r';
    boolean byteOrderMark = atStart && next == '\uFEFF';
    atStart = false;
    last = next;
    if (lineFeedOfPair || byteOrderMark) {
      return;
    }
    if (next == '\n' || next == '\r') {
      endLine();
    } else if (next == 0) {
      throw new QuestionList.InvalidException(
          NOT_UTF8, number, "the text must be in UTF-8, but this looks binary or like UTF-16");
    } else {
      append(next);
    }
  }

  private void append(char next) {
    if (inComment || (line.isEmpty() && isBlank(next))) {
      return;
    }
    line.append(next);
    if (line.length() <= 2 && isComment(line.toString())) {
      inComment = true;
      line.setLength(0);
    }
    if (line.length() > longestLine) {
      throw tooLong(number, limits);
    }
  }

  private static boolean isComment(String text) {
    return text.startsWith("#") || text.startsWith("//");
  }

  private void endLine() {
    if (line.indexOf(WORDING_PREFIX) == 0) {
      keep(line.substring(WORDING_PREFIX.length()).strip(), true);
    } else {
      keep(line.toString(), false);
    }
    line.setLength(0);
    inComment = false;
    number++;
  }

  /// Whether the text is a question.
  private boolean take(String text, boolean isWording) {
    if (text.indexOf('\0') >= 0 || !UTF_8.newEncoder().canEncode(text)) {
      throw new QuestionList.InvalidException(
          NOT_UTF8, number, "a question holds a NUL character or half of one beyond U+FFFF");
    }
    String question = text.strip();
    return keep(isComment(question) ? "" : question, isWording);
  }

  private boolean keep(String text, boolean isWording) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    if (end == 0) {
      return false;
    }
    count(isWording);
    lines.add(new Line(number, text.substring(0, end), isWording));
    return true;
  }

  private void count(boolean isWording) {
    questions += isWording ? 0 : 1;
    wordings = isWording ? wordings + 1 : 0;
    if (questions > limits.questions()) {
      throw new QuestionList.InvalidException(
          TOO_MANY,
          number,
          "there are more than " + limits.questions() + " questions; make several batches of them");
    }
    if (wordings > QuestionList.MAX_WORDINGS) {
      throw new QuestionList.InvalidException(
          TOO_MANY,
          number,
          "a question has more than " + QuestionList.MAX_WORDINGS + " other wordings");
    }
  }

  private static boolean isBlank(char character) {
    return Character.isWhitespace(character) || Character.isSpaceChar(character);
  }

  static QuestionList.InvalidException tooLong(int number, Limits limits) {
    return new QuestionList.InvalidException(
        TOO_LONG, number, "the question has more than " + limits.characters() + " characters");
  }
}
