package io.stoker.server.cli;

import io.stoker.server.settings.Configuration;
import java.util.function.Consumer;
import picocli.CommandLine.Command;

/// Runs the server.
@Command(
    name = "serve",
    description = {
      "Starts the server and stays until it is ended.",
      "It listens at 127.0.0.1:24203 unless SERVER_ADDRESS or SERVER_PORT or stoker.yaml say"
          + " otherwise."
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
