package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.settings.Configuration;
import java.io.InputStream;
import java.io.PrintStream;

/// Where a command gets its settings and puts its words. Confined to one thread.
///
/// @param configuration what it is told besides its flags
/// @param in what it is fed with
/// @param out for what was asked
/// @param err for progress bars and complaints
/// @param isInteractive whether a person watches
public record Terminal(
    Configuration configuration,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean isInteractive) {

  /// Makes escape sequences in the output visible.
  public Terminal {
    out = new EscapedOutput(out);
  }

  /// The terminal of this process.
  @SuppressWarnings("SystemConsoleNull") // it is null again since Java 25, if nobody is there
  public static Terminal ofProcess(Configuration configuration) {
    var console = System.console();
    return new Terminal(
        configuration, System.in, System.out, System.err, console != null && console.isTerminal());
  }

  /// The parts that the settings ask for; to be closed.
  Assembly assembly() {
    return new Assembly(configuration.settings(), Time.system());
  }
}
