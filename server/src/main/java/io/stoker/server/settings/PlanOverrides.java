package io.stoker.server.settings;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSettings.InvalidSettingException;
import io.stoker.sessions.WriteMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a caller wants done otherwise than configured, by flags or in a request's body; null where
/// the configuration is right.
///
/// @param count how many sessions at the most
/// @param window how long ago their last activity may be
/// @param rate the most sessions to warm in a second
/// @param deadline how long the run may take
/// @param dryRun whether to do everything but write
/// @param refresh whether to replace entries near expiry instead of leaving them alone
public record PlanOverrides(
    @Nullable Long count,
    @Nullable Duration window,
    @Nullable Long rate,
    @Nullable Duration deadline,
    @Nullable Boolean dryRun,
    @Nullable Boolean refresh) {

  /// Everything as configured.
  public static final PlanOverrides NONE = new PlanOverrides(null, null, null, null, null, null);

  /// The configured plan with this wish fulfilled.
  ///
  /// @throws InvalidValueException naming the first component that makes no sense
  public SessionPlan plan(SessionSettings settings) {
    try {
      var plan =
          settings
              .plan()
              .with("count", count, SessionPlan.Change::limit)
              .with("window", window, SessionPlan.Change::activeWithin)
              .with("rate", rate, SessionPlan.Change::rowsPerSecond)
              .with("deadline", deadline, SessionPlan.Change::deadline)
              .with("dry-run", dryRun, SessionPlan.Change::dryRun)
              .with("refresh", refresh, PlanOverrides::mode);
      settings.requireShortLife("deadline", plan);
      return plan;
    } catch (InvalidSettingException e) {
      throw new InvalidValueException(e.name(), e.problem());
    }
  }

  private static SessionPlan.Change mode(SessionPlan.Change change, boolean refresh) {
    return change.mode(refresh ? WriteMode.REFRESH : WriteMode.IF_ABSENT);
  }
}
