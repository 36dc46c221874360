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

/// Prints sums of the ledger as a table, and exports its entries to a file.
final class LedgerOutput {

  private static final int NAME_WIDTH = 36;

  private LedgerOutput() {}

  /// @param by the grouping, used as the heading of the first column
  static void print(PrintStream out, String by, JsonNode ledger) {
    var groups = ledger.path("groups");
    if (groups.isEmpty()) {
      out.println("The ledger has no entries.");
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
      out.println("The prices of " + unpriced + " of these turns and warms are unknown.");
    }
  }

  private static void printSums(PrintStream out, String name, JsonNode sums) {
    var shown = name.isEmpty() ? "-" : name;
    out.printf(
        "%-36s %7d %7d %5d %11s %11s %11s %11s%n",
        TextRules.truncated(shown, NAME_WIDTH),
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

  /// Writes all entries to a file, or leaves it unchanged if that fails.
  static void export(ServerClient client, String path, String file, Terminal terminal) {
    if (file.equals("-")) {
      client.download(path, terminal.out());
      return;
    }
    try {
      var target = target(file);
      var temporary = Files.createTempFile(target.getParent(), ".stoker-ledger", ".part");
      try {
        try (var out = Files.newOutputStream(temporary)) {
          client.download(path, out);
        }
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException | UncheckedIOException | InvalidPathException e) {
      throw new InvalidValueException(
          "--csv", "expected a writable file, got \"" + file + "\" (" + e + ")");
    }
  }

  private static Path target(String file) throws IOException {
    var target = Path.of(file).toAbsolutePath();
    if (!Files.exists(target)) {
      return target;
    }
    if (!Files.isRegularFile(target)) {
      throw new IOException("not a regular file");
    }
    return target.toRealPath();
  }
}
