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

/// Checks everything that the server depends on. Changes nothing, and makes no calls that cost
/// money. Thread-safe.
public final class Doctor {

  private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(6);

  private final Configuration configuration;
  private final @Nullable URI server;
  private final Time time;

  /// @param server the URL of a server that must be running; null to check the configured address,
  ///   where none needs to run
  public Doctor(Configuration configuration, @Nullable URI server, Time time) {
    this.configuration = configuration;
    this.server = server;
    this.time = time;
  }

  /// A check that may block.
  ///
  /// @param what the subject, for the result if it times out
  /// @param timeoutAdvice what to do if it times out
  record Check(String what, String timeoutAdvice, Callable<List<CheckResult>> action) {

    /// A check over the network.
    Check(String what, Callable<List<CheckResult>> action) {
      this(what, "Check whether it is overloaded, or a firewall drops packets", action);
    }

    CheckResult timedOut() {
      return CheckResult.fail(
          what, "did not answer within " + DurationFormat.format(CHECK_TIMEOUT), timeoutAdvice);
    }
  }

  /// Runs all checks concurrently.
  ///
  /// @return their results in a fixed order
  public List<CheckResult> run() throws InterruptedException {
    var host = new HostChecks(configuration);
    var settings = host.settings();
    var checks = new ArrayList<Check>();
    checks.addAll(new StateDatabaseChecks(settings.answers()).all());
    checks.addAll(new SessionChecks(settings, time).all());
    checks.addAll(new RedisChecks(settings, time).all());
    checks.addAll(new ProviderChecks(settings, time).all());
    checks.addAll(new ServerChecks(host.environment(), server, configuration).all());
    var results = new ArrayList<>(host.results());
    results.addAll(runConcurrently(checks));
    return List.copyOf(results);
  }

  /// Whether a server with these settings requires tokens, and whether it trusts proxies.
  public static CheckResult access(Settings settings, boolean requiresTokens) {
    return HostChecks.access(settings, requiresTokens);
  }

  private static List<CheckResult> runConcurrently(List<Check> checks) throws InterruptedException {
    var results = new ArrayList<CheckResult>();
    // Not closed, because close() would wait for checks that hang.
    @SuppressWarnings("resource")
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      var actions = checks.stream().map(Check::action).toList();
      var futures = threads.invokeAll(actions, CHECK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      for (int i = 0; i < checks.size(); i++) {
        results.addAll(results(checks.get(i), futures.get(i)));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<CheckResult> results(Check check, Future<List<CheckResult>> future) {
    return switch (future.state()) {
      case SUCCESS -> future.resultNow();
      case FAILED -> List.of(failed(check.what(), future.exceptionNow()));
      case CANCELLED, RUNNING -> List.of(check.timedOut());
    };
  }

  private static CheckResult failed(String what, Throwable e) {
    return switch (e) {
      case StokerException failure -> CheckResult.fail(what, failure);
      case InvalidValueException bad ->
          CheckResult.fail(
              what, "was not checked: " + bad.getMessage(), "Correct this setting first");
      default ->
          CheckResult.fail(what, "could not be checked: " + oneLine(e), "See docs/operations.md");
    };
  }

  /// An exception's message on one line, without the full stop.
  static String oneLine(Throwable e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : TextRules.phrase(message);
  }
}
