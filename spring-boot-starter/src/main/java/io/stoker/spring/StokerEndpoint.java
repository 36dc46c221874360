package io.stoker.spring;

import io.stoker.StokerException;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionStats;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/// The actuator endpoint `stoker`: the last warm run, and counts of look-ups. Thread-safe.
@Endpoint(id = "stoker")
public final class StokerEndpoint {

  private static final Duration WINDOW = Duration.ofHours(1);

  private final SessionWarming warming;
  private final @Nullable SessionCache cache;
  private final @Nullable SessionStats stats;

  /// @param cache null where sessions are Spring Session's
  /// @param stats null where sessions are Spring Session's
  public StokerEndpoint(
      SessionWarming warming, @Nullable SessionCache cache, @Nullable SessionStats stats) {
    this.warming = warming;
    this.cache = cache;
    this.stats = stats;
  }

  /// The response; members without a value are null.
  public record Answer(Sessions sessions) {}

  /// The state of sessions.
  ///
  /// @param lastRun null until the first run is over
  /// @param lookups counts of this process since its start; null where sessions are Spring
  ///   Session's
  /// @param lookupsOfAll counts of all processes in the last hour; null also if Redis does not
  ///   answer
  /// @param trouble why `lookupsOfAll` is not available; null if it is
  public record Sessions(
      @Nullable Run lastRun,
      @Nullable Lookups lookups,
      @Nullable Lookups lookupsOfAll,
      @Nullable String trouble) {}

  /// The result of a warm run.
  ///
  /// @param verifiedShare the share of sampled sessions that were found; null if none were sampled
  public record Run(
      Instant endedAt,
      String state,
      long warmed,
      Map<String, Long> skipped,
      Map<String, Long> failed,
      int sampled,
      int found,
      @Nullable Double verifiedShare,
      boolean meetsTarget,
      long durationMs,
      String message) {

    static Run of(SessionWarming.Run run) {
      SessionReport report = run.report();
      var share = report.verifiedShare();
      return new Run(
          run.endedAt(),
          report.state().label(),
          report.counts().warmed(),
          report.counts().skipped(),
          report.counts().failed(),
          report.sampled(),
          report.found(),
          share.isEmpty() ? null : share.getAsDouble(),
          report.meetsTarget(),
          report.took().toMillis(),
          report.message());
    }
  }

  /// Counts of look-ups.
  ///
  /// @param hitRate the share of hits, from 0 to 1; null if there were no look-ups
  public record Lookups(
      long hits,
      long misses,
      @Nullable Double hitRate,
      long processHits,
      long cacheHits,
      long loaded,
      long unknown,
      long failed,
      long cacheErrors,
      long invalidations) {

    static Lookups of(LookupCounts counts) {
      var rate = counts.hitRate();
      return new Lookups(
          counts.hits(),
          counts.misses(),
          rate.isEmpty() ? null : rate.getAsDouble(),
          counts.processHits(),
          counts.cacheHits(),
          counts.loaded(),
          counts.unknown(),
          counts.failed(),
          counts.cacheErrors(),
          counts.invalidations());
    }
  }

  /// Reads the state.
  @ReadOperation
  public Answer answer() {
    var run = warming.lastRun().map(Run::of).orElse(null);
    var lookups = cache == null ? null : Lookups.of(cache.counts());
    if (stats == null) {
      return new Answer(new Sessions(run, lookups, null, null));
    }
    try {
      return new Answer(new Sessions(run, lookups, Lookups.of(stats.over(WINDOW)), null));
    } catch (StokerException e) {
      return new Answer(new Sessions(run, lookups, null, String.valueOf(e.getMessage())));
    }
  }
}
