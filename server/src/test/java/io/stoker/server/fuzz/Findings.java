package io.stoker.server.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What was found wrong, one of each kind, with how often it was found. Confined to one thread.
final class Findings {

  private static final int SHOWN = 40;
  private static final int LONGEST = 300;

  /// What differs from one of a kind to the next: numbers, and what was asked for.
  private static final Pattern DETAIL =
      Pattern.compile("[0-9]{2,}|\\[[^\\]]*\\]|/[^ \"]*|\"[^\"]*\"");

  private static final Pattern TOKEN = Pattern.compile("Bearer stoker_[\\w-]+");

  private final Map<String, Finding> kinds = new LinkedHashMap<>();

  private static final class Finding {
    private final String first;
    private int count;

    Finding(String first) {
      this.first = first;
    }
  }

  /// @param where the operation
  /// @param replay how to see it again
  void add(String where, String fault, String replay) {
    var kind = DETAIL.matcher(fault).replaceAll("~");
    kinds.computeIfAbsent(
            kind.substring(0, Math.min(80, kind.length())),
            _ -> new Finding(where + ": " + shorten(fault) + "\n" + replay))
        .count++;
  }

  static String shorten(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /// Bytes as far as they can be shown, without anybody's token.
  static String printable(String bytes) {
    return TOKEN
        .matcher(bytes)
        .replaceAll("Bearer TOKEN")
        .replace("\r", "\\r")
        .replace("\n", "\\n")
        .replaceAll("[^ -~]", "?");
  }

  boolean areNone() {
    return kinds.isEmpty();
  }

  @Override
  public String toString() {
    return kinds.values().stream()
        .limit(SHOWN)
        .map(kind -> "\n" + kind.count + " times, first " + kind.first)
        .collect(Collectors.joining("", kinds.size() + " kinds of faults", ""));
  }
}
