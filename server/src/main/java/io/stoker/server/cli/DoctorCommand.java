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

/// Says what is wrong with all that a server depends on.
@Command(
    name = "doctor",
    description = {
      "Looks at Java, settings, databases, Redis, providers and the server, and says what to do.",
      "Changes nothing and costs nothing. Exits with 1 if something does not work."
    })
final class DoctorCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "Where a server has to run. Otherwise it is looked whether one listens as SERVER_ADDRESS"
              + " and SERVER_PORT say. STOKER_TOKEN is shown to it.")
  private @Nullable URI server;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What `--json` prints.
  ///
  /// @param state the worst of all
  record Report(String state, List<Line> findings) {

    /// One of the findings.
    record Line(String state, String what, String detail, @Nullable String advice) {}
  }

  @Override
  public Integer call() throws InterruptedException {
    var findings = new Doctor(terminal.configuration(), server, Time.system()).examine();
    var worst = findings.stream().map(CheckResult::state).reduce(State.OK, DoctorCommand::worse);
    if (json) {
      terminal.out().println(WireJson.write(report(worst, findings)));
    } else {
      findings.forEach(this::tell);
    }
    return (worst == State.FAIL ? ExitCode.BELOW_TARGET : ExitCode.OK).number();
  }

  private static State worse(State one, State other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Report report(State worst, List<CheckResult> findings) {
    return new Report(
        worst.label(),
        findings.stream()
            .map(finding ->
                new Report.Line(
                    finding.state().label(), finding.what(), finding.detail(), finding.advice()))
            .toList());
  }

  private void tell(CheckResult finding) {
    var advice = finding.advice();
    terminal
        .out()
        .printf(
            "%-4s  %-20s  %s%s%n",
            finding.state().label(),
            finding.what(),
            finding.detail(),
            advice == null ? "" : "  -> " + advice);
  }
}
