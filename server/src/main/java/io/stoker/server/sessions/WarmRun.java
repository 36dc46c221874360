package io.stoker.server.sessions;

import io.stoker.WarmCounts;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A snapshot of a warm run. Immutable.
///
/// @param endedAt null while it is running
/// @param total how many sessions it will select; null if unknown
/// @param counts outcomes so far
/// @param took time since its start
/// @param report null while it is running
/// @param version increases with every change of any run, so that later snapshots have greater
///   versions
public record WarmRun(
    String id,
    Trigger trigger,
    SessionPlan plan,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Long total,
    WarmCounts counts,
    Duration took,
    @Nullable SessionReport report,
    long version) {

  /// What started a run.
  public enum Trigger {
    /// The start of the server.
    STARTUP,
    /// The keeper, because the cache was emptied or entries are near expiry.
    KEEPER,
    /// A request over HTTP.
    API;

    /// The name in JSON.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static WarmRun start(String id, Trigger trigger, SessionPlan plan, Instant now, long version) {
    return new WarmRun(
        id, trigger, plan, now, null, null, WarmCounts.NONE, Duration.ZERO, null, version);
  }

  WarmRun withTotal(long selected, long version) {
    return new WarmRun(
        id, trigger, plan, startedAt, endedAt, selected, counts, took, report, version);
  }

  WarmRun withProgress(WarmCounts counts, Duration took, long version) {
    return new WarmRun(id, trigger, plan, startedAt, endedAt, total, counts, took, report, version);
  }

  WarmRun ended(SessionReport report, Instant now, long version) {
    return new WarmRun(
        id,
        trigger,
        plan,
        startedAt,
        now,
        report.total(),
        report.counts(),
        report.took(),
        report,
        version);
  }

  public RunState state() {
    return report == null ? RunState.RUNNING : report.state();
  }

  public boolean isOver() {
    return report != null;
  }
}
