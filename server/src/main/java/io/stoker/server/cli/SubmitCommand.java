package io.stoker.server.cli;

import io.stoker.server.BadValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Queues the questions of a file.
@Command(name = "submit", description = "Queues the questions of a file, one on each line.")
final class SubmitCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(
      paramLabel = "FILE",
      description = "A .txt, .csv or .md file, or - for standard input.")
  private String file = "";

  @Option(names = "--name", paramLabel = "TEXT", description = "What to call the batch.")
  private @Nullable String name;

  @Option(names = "--scope", paramLabel = "TEXT", description = "Whose answers they are.")
  private @Nullable String scope;

  @Option(names = "--only-stale", description = "Leave answers alone that are still fresh.")
  private boolean onlyStale;

  SubmitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var fields = new LinkedHashMap<String, String>();
    put(fields, "name", name == null && !file.equals("-") ? fileName() : name);
    put(fields, "scope", scope);
    put(fields, "only_stale", onlyStale ? "true" : null);
    try (var client = server.client(terminal);
        var content = open()) {
      var reply = client.upload(fields, file.equals("-") ? "questions.txt" : fileName(), content);
      if (server.json()) {
        terminal.out().println(reply.text());
      } else {
        tell(reply);
      }
      return ExitCode.OK.number();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void tell(ServerClient.Reply reply) {
    var batch = reply.json();
    long skipped = batch.path("skipped_lines_total").asLong();
    terminal
        .out()
        .printf(
            "Batch %d: %d questions queued%s.%n",
            batch.path("batch_id").asLong(),
            batch.path("total").asLong(),
            skipped == 0 ? "" : ", " + skipped + " lines left out");
    batch
        .path("skipped_lines")
        .forEach(line ->
            terminal
                .out()
                .printf(
                    "  line %d %s: %s%n",
                    line.path("line").asLong(),
                    line.path("reason").asString(),
                    line.path("text").asString()));
    terminal.out().printf("Watch it: stoker answers watch %d%n", batch.path("batch_id").asLong());
  }

  private InputStream open() throws IOException {
    return file.equals("-") ? terminal.in() : Files.newInputStream(Path.of(file));
  }

  private String fileName() {
    var last = Path.of(file).getFileName();
    return last == null ? file : last.toString().replace("\"", "'");
  }

  private BadValue unreadable(IOException e) {
    return new BadValue(
        "FILE", "wanted a file that can be read, but came \"" + file + "\" (" + e + ")");
  }

  private static void put(Map<String, String> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }
}
