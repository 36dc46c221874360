package io.stoker.server.cli;

import io.stoker.server.access.TokenFile;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Takes the tokens of a file over.
@Command(
    name = "import",
    description = {
      "Takes the tokens of a file over to where the server keeps its own.",
      "Those that are there already stay as they are; the file is not changed."
    })
final class TokenImportCommand implements Runnable {

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "A file of tokens, as another server has it.")
  private Path file = Path.of("tokens");

  TokenImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var all = new TokenFile(file).read();
    try (var assembly = terminal.assembly()) {
      var tokens = assembly.tokens();
      var known = tokens.read();
      var missing = all.stream().filter(token -> !known.contains(token)).toList();
      missing.forEach(tokens::add);
      terminal
          .out()
          .println(
              "Took over " + missing.size() + " of " + all.size() + " tokens, to " + tokens + ".");
    }
  }
}
