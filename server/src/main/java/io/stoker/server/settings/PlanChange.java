package io.stoker.server.settings;

import io.stoker.server.BadValue;
import io.stoker.sessions.SessionPlan;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Changes a plan value by value, so that a wrong one can be called by its name. Confined to one
/// thread.
final class PlanChange {

  private final String prefix;
  private SessionPlan plan;

  /// @param prefix what stands before every name in messages
  PlanChange(SessionPlan plan, String prefix) {
    this.plan = plan;
    this.prefix = prefix;
  }

  /// Takes over a value unless it is null.
  ///
  /// @throws BadValue if the plan refuses it
  <T> PlanChange set(
      String name,
      @Nullable T value,
      BiFunction<SessionPlan.Change, T, SessionPlan.Change> change) {
    if (value != null) {
      try {
        plan = change.apply(plan.change(), value).plan();
      } catch (IllegalArgumentException e) {
        throw new BadValue(prefix + name, String.valueOf(e.getMessage()));
      }
    }
    return this;
  }

  SessionPlan plan() {
    return plan;
  }
}
