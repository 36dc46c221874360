package io.stoker.server.cli;

import io.stoker.server.settings.Configuration;
import java.util.function.Consumer;
import picocli.CommandLine.Command;

/// The `serve` command.
@Command(
    name = "serve",
    description = {
      "Runs the server until it is stopped.",
      "Listens on 127.0.0.1:24203 unless SERVER_ADDRESS, SERVER_PORT or stoker.yaml set another"
          + " address."
    })
final class ServeCommand implements Runnable {

  private final Configuration configuration;
  private final Consumer<Configuration> server;

  ServeCommand(Configuration configuration, Consumer<Configuration> server) {
    this.configuration = configuration;
    this.server = server;
  }

  @Override
  public void run() {
    server.accept(configuration);
  }
}
