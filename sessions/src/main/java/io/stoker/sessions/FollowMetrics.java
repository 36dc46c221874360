package io.stoker.sessions;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Shows a follower to Micrometer.
///
/// | meter | tags | is |
/// |---|---|---|
/// | `stoker.sessions.follow.lag` | | how far the cache is behind Postgres, in seconds |
/// | `stoker.sessions.follow.lag.bytes` | | how much of Postgres' log is not in the cache yet |
/// | `stoker.sessions.follow.kept.bytes` | | how much of its log Postgres keeps for Stoker |
/// | `stoker.sessions.follow.position` | | up to which byte of the log everything is in the cache |
/// | `stoker.sessions.follow.up` | | 1 if this node follows or another one does |
/// | `stoker.sessions.follow.changes` | `kind` | what this node has done, by what it was |
///
/// What is not known is NaN.
public final class FollowMetrics {

  private static final String PREFIX = "stoker.sessions.follow.";
  private static final double MILLIS = 1000;

  private FollowMetrics() {}

  /// Adds the meters of a follower.
  public static void watch(SessionFollower follower, MeterRegistry registry) {
    gauge(
        registry,
        follower,
        "lag",
        "How far the cache is behind Postgres",
        status -> status.lag() == null ? Double.NaN : status.lag().toMillis() / MILLIS,
        "seconds");
    gauge(
        registry,
        follower,
        "lag.bytes",
        "How much of Postgres' log is not in the cache yet",
        status -> number(status.lagBytes()),
        "bytes");
    gauge(
        registry,
        follower,
        "kept.bytes",
        "How much of its log Postgres keeps for Stoker",
        status -> number(status.keptBytes()),
        "bytes");
    gauge(
        registry,
        follower,
        "position",
        "Up to which byte of Postgres' log everything is in the cache",
        status -> number(status.positionNumber()),
        "bytes");
    gauge(
        registry,
        follower,
        "up",
        "Whether this node follows or another one does",
        status -> status.state().isWell() ? 1 : 0,
        null);
    Map.<String, ToDoubleFunction<FollowCounts>>of(
            "written", FollowCounts::written,
            "ended", FollowCounts::ended,
            "user_written", FollowCounts::usersWritten,
            "user_ended", FollowCounts::usersEnded,
            "everything_ended", FollowCounts::everythingEnded,
            "unusable", FollowCounts::unusable)
        .forEach((kind, count) ->
            FunctionCounter.builder(
                    PREFIX + "changes", follower, f -> count.applyAsDouble(f.status().counts()))
                .tag("kind", kind)
                .description("Changes in Postgres that were carried out, by what was done")
                .register(registry));
  }

  private static double number(@Nullable Long value) {
    return value == null ? Double.NaN : value;
  }

  private static void gauge(
      MeterRegistry registry,
      SessionFollower follower,
      String name,
      String description,
      ToDoubleFunction<FollowStatus> value,
      @Nullable String unit) {
    Gauge.builder(PREFIX + name, follower, f -> value.applyAsDouble(f.status()))
        .description(description)
        .baseUnit(unit)
        .register(registry);
  }
}
