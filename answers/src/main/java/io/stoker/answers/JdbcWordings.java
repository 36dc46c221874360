package io.stoker.answers;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A question with its other wordings as they stand in a row: one on each line, with line breaks
/// and backslashes escaped as in Java.
///
/// @param aliases null if there are none, which takes no room
record JdbcWordings(String question, @Nullable String aliases) {

  static List<JdbcWordings> with(List<String> questions, Map<String, List<String>> aliases) {
    return questions.stream()
        .map(question -> new JdbcWordings(question, text(aliases.get(question))))
        .toList();
  }

  private static @Nullable String text(@Nullable List<String> aliases) {
    return aliases == null || aliases.isEmpty()
        ? null
        : aliases.stream().map(JdbcWordings::escaped).collect(Collectors.joining("\n"));
  }

  private static String escaped(String alias) {
    return alias.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /// The wordings of a row.
  static List<String> list(@Nullable String aliases) {
    return aliases == null
        ? List.of()
        : Stream.of(aliases.split("\n", -1)).map(String::translateEscapes).toList();
  }
}
