package io.stoker.server.cli;

import io.stoker.TextRules;
import io.stoker.server.BadValue;
import io.stoker.server.Dollars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Shows what turns and warms have cost and brought, or has it in a file line by line.
@Command(name = "ledger", description = "Shows what warming has cost and brought.")
final class LedgerCommand implements Callable<Integer> {

  private static final int NAME = 36;

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      description =
          "What sums are of: day, hour, tenant, provider, model or conversation"
              + " (${DEFAULT-VALUE}).",
      defaultValue = "day")
  private String by = "day";

  @Option(names = "--from", paramLabel = "TIME", description = "The first day or moment (UTC).")
  private @Nullable String from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "The first day or moment behind the last (UTC).")
  private @Nullable String until;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Only what belongs to it.")
  private @Nullable String tenant;

  @Option(names = "--provider", paramLabel = "NAME", description = "Only its models.")
  private @Nullable String provider;

  @Option(names = "--conversation", paramLabel = "ID", description = "Only this one.")
  private @Nullable String conversation;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many sums at the most (${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int limit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write all lines to this file, as CSV; - for standard output.")
  private @Nullable String csv;

  LedgerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (csv != null && server.json()) {
      throw new BadValue("--csv", "wanted without --json");
    }
    try (var client = server.client(terminal)) {
      if (csv == null) {
        show(client.get(PromptsCommand.ledger("", query("by", by, "limit", limit))));
      } else {
        export(client, PromptsCommand.ledger("/entries", query("format", "csv")), csv);
      }
      return ExitCode.OK.number();
    }
  }

  /// Which lines, and what else is asked for, as name and value in turn.
  private String query(Object... more) {
    var all = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < more.length; i += 2) {
      all.put(String.valueOf(more[i]), more[i + 1]);
    }
    all.put("from", from);
    all.put("until", until);
    all.put("tenant", tenant);
    all.put("provider", provider);
    all.put("conversation", conversation);
    return all.entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .map(entry -> entry.getKey() + "=" + ServerClient.encoded(String.valueOf(entry.getValue())))
        .collect(Collectors.joining("&"));
  }

  private void show(ServerClient.Reply reply) {
    if (server.json()) {
      terminal.out().println(reply.text());
      return;
    }
    var groups = reply.json().path("groups");
    if (groups.isEmpty()) {
      terminal.out().println("Nothing in the ledger.");
      return;
    }
    terminal
        .out()
        .printf(
            "%-36s %7s %7s %5s %11s %11s %11s %11s%n",
            by, "turns", "warms", "wrote", "spent", "saved", "wasted", "net");
    groups.forEach(group -> line(group.path("name").asString(), group.path("sums")));
    var sums = reply.json().path("sums");
    line("all", sums);
    long unpriced = sums.path("unpriced").asLong();
    if (unpriced > 0) {
      terminal
          .out()
          .println("Nothing is known of the price of " + unpriced + " of these turns and warms.");
    }
  }

  private void line(String name, JsonNode sums) {
    var shown = name.isEmpty() ? "-" : name;
    terminal
        .out()
        .printf(
            "%-36s %7d %7d %5d %11s %11s %11s %11s%n",
            TextRules.shortened(shown, NAME),
            sums.path("turns").asLong(),
            sums.path("pings").asLong(),
            sums.path("pings_that_wrote").asLong(),
            dollars(sums, "spent_micros"),
            dollars(sums, "saved_micros"),
            dollars(sums, "wasted_micros"),
            dollars(sums, "net_micros"));
  }

  private static String dollars(JsonNode sums, String member) {
    return Dollars.text(sums.path(member).asLong());
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

  /// Either all lines are in the file, or it is as it was.
  private void export(ServerClient client, String path, String file) throws InterruptedException {
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
      throw new BadValue(
          "--csv", "wanted a file that can be written, but came \"" + file + "\" (" + e + ")");
    }
  }
}
