package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.settings.Configuration;
import java.io.InputStream;
import java.io.PrintStream;

/// The environment of a command: its configuration and standard streams. Confined to one thread.
///
/// @param configuration settings other than command line flags
/// @param out for results
/// @param err for progress bars and errors
/// @param isInteractive whether the output is a terminal
public record Terminal(
    Configuration configuration,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean isInteractive) {

  /// Escapes control characters in the output.
  public Terminal {
    out = new EscapedOutput(out);
  }

  /// The terminal of this process.
  @SuppressWarnings("SystemConsoleNull") // null again since Java 25, without a terminal
  public static Terminal ofProcess(Configuration configuration) {
    var console = System.console();
    return new Terminal(
        configuration, System.in, System.out, System.err, console != null && console.isTerminal());
  }

  /// A new assembly with the configured settings; the caller closes it.
  Assembly assembly() {
    return new Assembly(configuration.settings(), Time.system());
  }
}
