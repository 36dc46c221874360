package io.stoker.server.cli;

import io.stoker.TextRules;
import java.io.PrintStream;
import java.util.Arrays;

/// Standard output of commands: what would move the cursor, colour the terminal or turn the
/// direction of reading is written out, whoever stored it. What is filled into a format stays on
/// its line. JSON means the same afterwards, for the escapes are JSON's.
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
