package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.doctor.CheckResult;
import io.stoker.server.doctor.CheckResult.State;
import io.stoker.server.doctor.Doctor;
import io.stoker.server.wire.WireJson;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The `doctor` command.
@Command(
    name = "doctor",
    description = {
      "Checks Java, settings, databases, Redis, providers and the server, and gives advice.",
      "Changes nothing and costs nothing. Exits with 1 if a check fails."
    })
final class DoctorCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "The URL of a server that must be running. By default, the address in SERVER_ADDRESS and"
              + " SERVER_PORT is checked, where none needs to run. STOKER_TOKEN is sent to it.")
  private @Nullable URI server;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// The output of `--json`.
  ///
  /// @param state the worst state of all results
  record Report(String state, List<Line> findings) {

    record Line(String state, String what, String detail, @Nullable String advice) {}
  }

  @Override
  public Integer call() throws InterruptedException {
    var results = new Doctor(terminal.configuration(), server, Time.system()).run();
    var worst = results.stream().map(CheckResult::state).reduce(State.OK, DoctorCommand::worse);
    if (json) {
      terminal.out().println(WireJson.write(report(worst, results)));
    } else {
      results.forEach(this::print);
    }
    return (worst == State.FAIL ? ExitCode.BELOW_TARGET : ExitCode.OK).number();
  }

  private static State worse(State one, State other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Report report(State worst, List<CheckResult> results) {
    return new Report(
        worst.label(),
        results.stream()
            .map(result ->
                new Report.Line(
                    result.state().label(), result.what(), result.detail(), result.advice()))
            .toList());
  }

  private void print(CheckResult result) {
    var advice = result.advice();
    terminal
        .out()
        .printf(
            "%-4s  %-20s  %s%s%n",
            result.state().label(),
            result.what(),
            result.detail(),
            advice == null ? "" : "  -> " + advice);
  }
}
