package io.stoker.server.sessions;

import io.stoker.WarmCounts;
import io.stoker.server.sessions.WarmRun.Trigger;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.time.Instant;

/// Starts the warm runs that no user asked for: one at startup, then those that keep the cache
/// warm.
///
/// They are listed in [SessionRuns] like all others; so is the startup run if the cache is already
/// warm. Confined to the keeper's thread.
public final class AutomaticWarming implements SessionKeeper.Runner {

  private final SessionRuns runs;
  private Trigger next;

  /// @param warmAtStart whether the first run is recorded as [Trigger#STARTUP]
  public AutomaticWarming(SessionRuns runs, boolean warmAtStart) {
    this.runs = runs;
    this.next = warmAtStart ? Trigger.STARTUP : Trigger.KEEPER;
  }

  @Override
  public SessionReport warm(SessionPlan plan) {
    return runs.run(plan, trigger()).orElseGet(AutomaticWarming::nothingDone);
  }

  @Override
  public void alreadyWarm(SessionPlan plan, Instant since) {
    runs.record(plan, trigger(), RunState.ALREADY_WARM, "Warm already, since " + since);
  }

  private Trigger trigger() {
    var trigger = next;
    next = Trigger.KEEPER;
    return trigger;
  }

  /// Another run is in progress; the keeper checks again later.
  private static SessionReport nothingDone() {
    return new SessionReport(
        RunState.ALREADY_WARM,
        WarmCounts.NONE,
        null,
        0,
        0,
        0,
        Duration.ZERO,
        null,
        "Another run is in progress");
  }
}
