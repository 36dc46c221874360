package io.stoker.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.settings.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/// Runs commands in this JVM, with environment variables and streams of their own.
final class Shell {

  private final Map<String, String> variables;
  private final boolean interactive;

  Shell(Map<String, String> variables) {
    this(variables, false);
  }

  Shell(Map<String, String> variables, boolean interactive) {
    this.variables = variables;
    this.interactive = interactive;
  }

  /// What a command left behind.
  record Ran(int exitCode, String out, String err) {}

  Ran run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new Configuration(variables, Map.of()),
            InputStream.nullInputStream(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            interactive);
    int exitCode = new Cli(terminal, _ -> {}).run(arguments);
    return new Ran(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }
}
