package io.stoker.server.cli;

import io.stoker.TextRules;
import java.io.PrintStream;
import java.util.Arrays;

/// A print stream that escapes control characters in stored text, against terminal escape
/// injection: sequences that move the cursor, set colours or change the text direction.
///
/// Arguments of a format are escaped including line breaks. The escapes are JSON's, so that printed
/// JSON keeps its meaning.
final class EscapedOutput extends PrintStream {

  EscapedOutput(PrintStream out) {
    super(out, true, out.charset());
  }

  @Override
  public void print(String text) {
    super.print(TextRules.escapedLines(String.valueOf(text)));
  }

  @Override
  public void println(String text) {
    super.println(TextRules.escapedLines(String.valueOf(text)));
  }

  @Override
  public PrintStream printf(String format, Object... values) {
    return super.printf(format, visible(values));
  }

  private static Object[] visible(Object... values) {
    return Arrays.stream(values)
        .map(value -> value instanceof String text ? TextRules.escaped(text) : value)
        .toArray();
  }
}
