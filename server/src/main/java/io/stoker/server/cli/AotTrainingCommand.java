package io.stoker.server.cli;

import io.stoker.server.AotTrainingRun;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Lets the JVM watch a server; for who packs Stoker.
@Command(
    name = "train",
    hidden = true,
    description =
        "Starts a server, asks it a few things and stops it, to be watched with"
            + " -XX:AOTCacheOutput=FILE.")
final class AotTrainingCommand implements Callable<Integer> {

  @Override
  public Integer call() throws InterruptedException {
    try {
      AotTrainingRun.run();
      return ExitCode.OK.number();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BELOW_TARGET, "training-failed", "The training run failed: " + e.getMessage());
    }
  }
}
