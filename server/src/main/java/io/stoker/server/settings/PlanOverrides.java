package io.stoker.server.settings;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSettings.InvalidSettingException;
import io.stoker.sessions.WriteMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Overrides of the configured [SessionPlan] for one run, from command line flags or a request
/// body. Null means "as configured".
///
/// @param count maximum number of sessions
/// @param window maximum time since their last activity
/// @param rate maximum number of sessions a second
/// @param deadline how long the run may take
/// @param dryRun whether to skip all writes
/// @param refresh whether to replace entries near expiry instead of skipping existing entries
public record PlanOverrides(
    @Nullable Long count,
    @Nullable Duration window,
    @Nullable Long rate,
    @Nullable Duration deadline,
    @Nullable Boolean dryRun,
    @Nullable Boolean refresh) {

  public static final PlanOverrides NONE = new PlanOverrides(null, null, null, null, null, null);

  /// The configured plan with these overrides.
  ///
  /// @throws InvalidValueException naming the first invalid override
  public SessionPlan plan(SessionSettings settings) {
    try {
      var configured = settings.plan();
      // A migration stays one.
      var refreshing = configured.isMigration() ? null : refresh;
      var plan =
          configured
              .with("count", count, SessionPlan.Change::limit)
              .with("window", window, SessionPlan.Change::activeWithin)
              .with("rate", rate, SessionPlan.Change::rowsPerSecond)
              .with("deadline", deadline, SessionPlan.Change::deadline)
              .with("dry-run", dryRun, SessionPlan.Change::dryRun)
              .with("refresh", refreshing, PlanOverrides::mode);
      settings.requireShortTtl("deadline", plan);
      return plan;
    } catch (InvalidSettingException e) {
      throw new InvalidValueException(e.name(), e.problem());
    }
  }

  private static SessionPlan.Change mode(SessionPlan.Change change, boolean refresh) {
    return change.mode(refresh ? WriteMode.REFRESH : WriteMode.IF_ABSENT);
  }
}
