package io.stoker.server.cli;

import io.stoker.TextRules;
import io.stoker.server.wire.DollarFormat;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.JsonNode;

/// What turns and warms have cost and brought: as a table for people, or line by line in a file.
final class LedgerOutput {

  private static final int NAME = 36;

  private LedgerOutput() {}

  /// Prints sums as a table.
  ///
  /// @param by what the sums are of
  static void print(PrintStream out, String by, JsonNode ledger) {
    var groups = ledger.path("groups");
    if (groups.isEmpty()) {
      out.println("Nothing in the ledger.");
      return;
    }
    out.printf(
        "%-36s %7s %7s %5s %11s %11s %11s %11s%n",
        by, "turns", "warms", "wrote", "spent", "saved", "wasted", "net");
    groups.forEach(group -> printSums(out, group.path("name").asString(), group.path("sums")));
    var sums = ledger.path("sums");
    printSums(out, "all", sums);
    long unpriced = sums.path("unpriced").asLong();
    if (unpriced > 0) {
      out.println("Nothing is known of the price of " + unpriced + " of these turns and warms.");
    }
  }

  private static void printSums(PrintStream out, String name, JsonNode sums) {
    var shown = name.isEmpty() ? "-" : name;
    out.printf(
        "%-36s %7d %7d %5d %11s %11s %11s %11s%n",
        TextRules.truncated(shown, NAME),
        sums.path("turns").asLong(),
        sums.path("pings").asLong(),
        sums.path("pings_that_wrote").asLong(),
        dollars(sums, "spent_micros"),
        dollars(sums, "saved_micros"),
        dollars(sums, "wasted_micros"),
        dollars(sums, "net_micros"));
  }

  private static String dollars(JsonNode sums, String member) {
    return DollarFormat.format(sums.path(member).asLong());
  }

  /// Either all lines are in the file, or it is as it was.
  static void export(ServerClient client, String path, String file, Terminal terminal) {
    if (file.equals("-")) {
      client.download(path, terminal.out());
      return;
    }
    try {
      var place = place(file);
      var begun = Files.createTempFile(place.getParent(), ".stoker-ledger", ".part");
      try {
        try (var out = Files.newOutputStream(begun)) {
          client.download(path, out);
        }
        Files.move(begun, place, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(begun);
      }
    } catch (IOException | UncheckedIOException | InvalidPathException e) {
      throw new InvalidValueException(
          "--csv", "expected a file that can be written, got \"" + file + "\" (" + e + ")");
    }
  }

  private static Path place(String file) throws IOException {
    var place = Path.of(file).toAbsolutePath();
    if (!Files.exists(place)) {
      return place;
    }
    if (!Files.isRegularFile(place)) {
      throw new IOException("it is no file");
    }
    return place.toRealPath();
  }
}
