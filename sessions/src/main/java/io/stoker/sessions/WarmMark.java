package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;

/// What a complete run leaves in the cache, for others to see that it is warm.
///
/// @param since when the run ended
/// @param limit how many of the most recently active sessions are there; [SessionPlan#ALL] if the
///   run took every eligible one
/// @param activeWithin how long ago their last activity may have been
public record WarmMark(Instant since, long limit, Duration activeWithin) {

  /// Whether all that a run by this plan would warm is there.
  boolean covers(SessionPlan plan) {
    return limit >= plan.limit() && activeWithin.compareTo(plan.activeWithin()) >= 0;
  }

  /// Whether all that the other stands for is there.
  boolean covers(WarmMark other) {
    return limit >= other.limit && activeWithin.compareTo(other.activeWithin) >= 0;
  }
}
