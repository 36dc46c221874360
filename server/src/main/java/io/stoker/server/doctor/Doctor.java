package io.stoker.server.doctor;

import io.stoker.StokerException;
import io.stoker.TextRules;
import io.stoker.Time;
import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks at all that the server depends on, and says what is wrong and what to do. Changes nothing,
/// and asks providers for nothing that costs money. Thread-safe.
public final class Doctor {

  /// How long each check may take.
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private final Configuration configuration;
  private final @Nullable URI server;
  private final Time time;

  /// @param server where a server has to run; null to look whether one runs where it would listen
  public Doctor(Configuration configuration, @Nullable URI server, Time time) {
    this.configuration = configuration;
    this.server = server;
    this.time = time;
  }

  /// Looks at one thing.
  ///
  /// @param what the thing, for when it does not answer
  record Check(String what, Callable<List<CheckResult>> look) {}

  /// Looks at everything, side by side, and tells in a fixed order.
  public List<CheckResult> examine() throws InterruptedException {
    var host = new HostChecks(configuration);
    var settings = host.settings();
    var checks = new ArrayList<Check>();
    checks.addAll(new StateDatabaseChecks(settings.answers()).all());
    checks.addAll(new SessionChecks(settings, time).all());
    checks.addAll(new RedisChecks(settings, time).all());
    checks.addAll(new ProviderChecks(settings, time).all());
    checks.addAll(new ServerChecks(host.environment(), server, configuration).all());
    var findings = new ArrayList<>(host.findings());
    findings.addAll(sideBySide(checks));
    return List.copyOf(findings);
  }

  /// Who may call a server that is set like this, and which proxies it believes.
  public static CheckResult access(Settings settings, boolean tokensAreAskedFor) {
    return HostChecks.access(settings, tokensAreAskedFor);
  }

  private static List<CheckResult> sideBySide(List<Check> checks) throws InterruptedException {
    var findings = new ArrayList<CheckResult>();
    // Not closed: that would wait for what does not answer.
    @SuppressWarnings("resource")
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      var looks = checks.stream().map(Check::look).toList();
      var found = threads.invokeAll(looks, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      for (int i = 0; i < checks.size(); i++) {
        findings.addAll(found(checks.get(i).what(), found.get(i)));
      }
      return findings;
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<CheckResult> found(String what, Future<List<CheckResult>> look) {
    return switch (look.state()) {
      case SUCCESS -> look.resultNow();
      case FAILED -> List.of(failed(what, look.exceptionNow()));
      case CANCELLED, RUNNING ->
          List.of(
              CheckResult.fail(
                  what,
                  "did not answer within " + DurationFormat.format(PATIENCE),
                  "Look whether it is overloaded, or a firewall swallows what is sent there"));
    };
  }

  private static CheckResult failed(String what, Throwable e) {
    return switch (e) {
      case StokerException trouble -> CheckResult.fail(what, trouble);
      case InvalidValueException bad ->
          CheckResult.fail(what, "was not looked at: " + bad.getMessage(), "Set it right first");
      default ->
          CheckResult.fail(what, "could not be looked at: " + oneLine(e), "See docs/operations.md");
    };
  }

  /// What an exception says, on one line and without the full stop.
  static String oneLine(Throwable e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : TextRules.phrase(message);
  }
}
