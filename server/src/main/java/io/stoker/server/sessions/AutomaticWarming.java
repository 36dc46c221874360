package io.stoker.server.sessions;

import io.stoker.WarmCounts;
import io.stoker.server.sessions.WarmRun.Trigger;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.time.Instant;

/// The runs that a server begins by itself, which show up among its [SessionRuns] like all others:
/// one when it starts, also if the cache turns out to be warm already, and those that keep it warm
/// afterwards. Confined to the keeper's thread.
public final class AutomaticWarming implements SessionKeeper.Runner {

  private final SessionRuns runs;
  private Trigger next;

  /// Takes over from the start.
  ///
  /// @param warmAtStart whether the first run is the start's
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
    runs.note(plan, trigger(), RunState.ALREADY_WARM, "Warm already, since " + since);
  }

  private Trigger trigger() {
    var trigger = next;
    next = Trigger.KEEPER;
    return trigger;
  }

  /// Somebody's run is going on, so that there is nothing to do but to look again later.
  private static SessionReport nothingDone() {
    return new SessionReport(
        RunState.ALREADY_WARM,
        WarmCounts.NONE,
        0,
        0,
        0,
        Duration.ZERO,
        null,
        "Another run goes on");
  }
}
