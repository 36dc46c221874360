package io.stoker.server.cli;

import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.PlanOverrides;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.SessionPlan;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// The flags that select sessions.
final class SessionOptions {

  @Option(
      names = {"-c", "--count"},
      paramLabel = "N",
      description = "Maximum number of sessions (default: 1000).")
  private @Nullable Long count;

  @Option(
      names = "--window",
      paramLabel = "24h",
      description = "Maximum time since their last activity (default: 24h).")
  private @Nullable Duration window;

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      description = "How sessions are read: standard, spring-session, or a file with a SELECT.")
  private @Nullable String mapping;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec command;

  boolean json() {
    return json;
  }

  Settings settings(Configuration configuration) {
    return (mapping == null
            ? configuration
            : configuration.with("stoker.sessions.mapping", mapping))
        .settings();
  }

  /// The configured plan, overridden by these flags and the arguments.
  SessionPlan plan(
      Settings settings, @Nullable Long rate, @Nullable Duration deadline, boolean dryRun) {
    try {
      return new PlanOverrides(count, window, rate, deadline, dryRun, false)
          .plan(settings.sessions());
    } catch (InvalidValueException e) {
      throw new ParameterException(
          Objects.requireNonNull(command).commandLine(), "--" + e.getMessage());
    }
  }
}
