package io.stoker.server;

import io.stoker.server.cli.Cli;
import io.stoker.server.cli.Terminal;
import io.stoker.server.settings.Configuration;

/// The program's entry point: passes the arguments to [Cli] and exits with its code.
final class Main {

  /// The size in bytes of Jedis' output buffer: a chunk of sessions then takes a dozen writes
  /// instead of a hundred with the default of 8 KB.
  private static final String REDIS_BUFFER = "jedis.bufferSize.output";

  private Main() {}

  static void main(String[] arguments) {
    if (System.getProperty(REDIS_BUFFER) == null) {
      System.setProperty(REDIS_BUFFER, "65536");
    }
    var terminal = Terminal.ofProcess(Configuration.ofProcess());
    System.exit(new Cli(terminal, Server::serve).run(arguments));
  }
}
