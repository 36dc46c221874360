package io.stoker.server;

import io.stoker.server.cli.Cli;
import io.stoker.server.cli.Terminal;
import io.stoker.server.settings.Configuration;

/// Where the program starts: hands the command to [Cli], and exits as it says.
final class Main {

  /// How many bytes Jedis gathers before it writes: a batch then takes a dozen writes, where Jedis'
  /// own 8 KB would cut it into a hundred.
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
