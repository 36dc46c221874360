package io.stoker.server.cli;

import io.stoker.server.AotTrainingRun;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// The hidden `train` command: a training run for the JVM's AOT cache, used when packaging Stoker.
@Command(
    name = "train",
    hidden = true,
    description =
        "Starts a server, sends it a few requests and stops it, for -XX:AOTCacheOutput=FILE.")
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
