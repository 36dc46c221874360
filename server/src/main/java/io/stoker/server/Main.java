package io.stoker.server;

import io.stoker.server.cli.Cli;
import io.stoker.server.cli.Terminal;

/// Where the program starts: hands the command to [Cli], and exits as it says.
final class Main {

  private Main() {}

  static void main(String[] arguments) {
    var terminal = Terminal.ofProcess(Configuration.ofProcess());
    System.exit(new Cli(terminal, Server::serve).run(arguments));
  }
}
