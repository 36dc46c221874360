package io.stoker.server.settings;

import io.stoker.sessions.SessionPlan;
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
public record SessionWish(
    @Nullable Long count,
    @Nullable Duration window,
    @Nullable Long rate,
    @Nullable Duration deadline,
    @Nullable Boolean dryRun,
    @Nullable Boolean refresh) {

  /// Everything as configured.
  public static final SessionWish NONE = new SessionWish(null, null, null, null, null, null);

  /// The plan with this wish fulfilled.
  ///
  /// @throws BadValue naming the first component that makes no sense
  SessionPlan over(SessionPlan plan) {
    return new PlanChange(plan, "")
        .set("count", count, SessionPlan.Change::limit)
        .set("window", window, SessionPlan.Change::activeWithin)
        .set("rate", rate, SessionPlan.Change::rowsPerSecond)
        .set("deadline", deadline, SessionPlan.Change::deadline)
        .set("dry-run", dryRun, SessionPlan.Change::dryRun)
        .set("refresh", refresh, SessionWish::mode)
        .plan();
  }

  private static SessionPlan.Change mode(SessionPlan.Change change, boolean refresh) {
    return change.mode(refresh ? WriteMode.REFRESH : WriteMode.IF_ABSENT);
  }
}
