package io.stoker.sessions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Micrometer meters for look-ups and warm runs.
///
/// | meter | tags | measures |
/// |---|---|---|
/// | `stoker.sessions.lookups` | `result` | look-ups of one [SessionCache], by result |
/// | `stoker.sessions.cache.errors` | | fallbacks to Postgres because Redis did not answer |
/// | `stoker.sessions.invalidations` | | revocations requested |
/// | `stoker.sessions.warm.runs` | `state` | runs and their duration, by final state |
/// | `stoker.sessions.warm.sessions` | `outcome` | sessions by outcome |
/// | `stoker.sessions.warm.verified` | | share of the last run's sessions that a reader would find; NaN if it verified nothing |
public final class SessionMetrics implements SessionEvents {

  private final MeterRegistry registry;
  private volatile double verified = Double.NaN;

  /// Meters for warm runs: pass this to [SessionWarmer#warm(SessionPlan, SessionEvents)].
  public SessionMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("stoker.sessions.warm.verified", this, metrics -> metrics.verified)
        .description(
            "Share of the sessions to warm that a reader would find after the last run; NaN if it verified nothing")
        .register(registry);
  }

  /// Adds meters for the look-ups of a cache.
  public void watch(SessionCache cache) {
    Map.<String, ToDoubleFunction<LookupCounts>>of(
            "process_hit", LookupCounts::processHits,
            "cache_hit", LookupCounts::cacheHits,
            "loaded", LookupCounts::loaded,
            "unknown", LookupCounts::unknown,
            "failed", LookupCounts::failed)
        .forEach((result, count) ->
            FunctionCounter.builder(
                    "stoker.sessions.lookups", cache, c -> count.applyAsDouble(c.counts()))
                .tag("result", result)
                .description("Look-ups of sessions by result")
                .register(registry));
    FunctionCounter.builder("stoker.sessions.cache.errors", cache, c -> c.counts().cacheErrors())
        .description("Look-ups that went to Postgres because Redis did not answer")
        .register(registry);
    FunctionCounter.builder("stoker.sessions.invalidations", cache, c -> c.counts().invalidations())
        .description("Revocations of sessions requested")
        .register(registry);
  }

  @Override
  public void ended(SessionReport report) {
    Timer.builder("stoker.sessions.warm.runs")
        .tag("state", report.state().label())
        .description("Warm runs and their duration, by final state")
        .register(registry)
        .record(report.took());
    count("warmed", report.counts().warmed());
    count("skipped", report.counts().totalSkipped());
    count("failed", report.counts().totalFailed());
    verified = report.verifiedShare().orElse(Double.NaN);
  }

  private void count(String outcome, long sessions) {
    Counter.builder("stoker.sessions.warm.sessions")
        .tag("outcome", outcome)
        .description("Sessions handled by warm runs, by outcome")
        .register(registry)
        .increment((double) sessions);
  }
}
