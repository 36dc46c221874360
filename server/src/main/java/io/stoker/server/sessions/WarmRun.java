package io.stoker.server.sessions;

import io.stoker.WarmCounts;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a warm run stands at one moment. Immutable.
///
/// @param id what it is asked for by
/// @param trigger who began it
/// @param plan what it is to do
/// @param startedAt when it began
/// @param endedAt when it ended; null while it is going on
/// @param total how many sessions it will select; null if that is not known
/// @param counts what became of sessions so far
/// @param took time since its start
/// @param report what it did; null while it is going on
/// @param version rises with every change of any run, so that of two moments the later is greater
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

  /// Who began a run.
  public enum Trigger {
    /// The server, when it started.
    STARTUP,
    /// The server later, because the cache was emptied or entries are near expiry.
    KEEPER,
    /// Somebody, over HTTP.
    API;

    /// The trigger in the form of the wire.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static WarmRun begin(String id, Trigger trigger, SessionPlan plan, Instant now, long version) {
    return new WarmRun(
        id, trigger, plan, now, null, null, WarmCounts.NONE, Duration.ZERO, null, version);
  }

  WarmRun expecting(long selected, long version) {
    return new WarmRun(
        id, trigger, plan, startedAt, endedAt, selected, counts, took, report, version);
  }

  WarmRun at(WarmCounts counts, Duration took, long version) {
    return new WarmRun(id, trigger, plan, startedAt, endedAt, total, counts, took, report, version);
  }

  WarmRun over(SessionReport report, Instant now, long version) {
    return new WarmRun(
        id, trigger, plan, startedAt, now, total, report.counts(), report.took(), report, version);
  }

  /// Where it stands, or how it ended.
  public RunState state() {
    return report == null ? RunState.RUNNING : report.state();
  }

  /// Whether it will not change any more.
  public boolean isOver() {
    return report != null;
  }
}
