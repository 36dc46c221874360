package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The pages in `docs/reference`, which are generated from the code.
public final class ReferencePages {

  private static final Path FOLDER = Path.of("..", "docs", "reference");
  private static final String WRITE = "stoker.write-reference";

  private ReferencePages() {}

  /// Checks that a page is up to date; with `-Dstoker.write-reference=true`, writes it.
  public static void check(String page, String made) {
    var file = FOLDER.resolve(page);
    try {
      if (Boolean.getBoolean(WRITE)) {
        Files.createDirectories(FOLDER);
        Files.writeString(file, made);
      }
      assertThat(Files.exists(file) ? Files.readString(file) : "")
          .as("docs/reference/%s is out of date: run with -D%s=true to write it", page, WRITE)
          .isEqualTo(made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A table row, with bars escaped.
  public static String row(String... cells) {
    var row = new StringBuilder("|");
    for (var cell : cells) {
      row.append(' ').append(cell.replace("|", "\\|")).append(" |");
    }
    return row.append('\n').toString();
  }

  /// The header of a table.
  public static String head(String... names) {
    return row(names) + "|" + "---|".repeat(names.length) + "\n";
  }
}
