package io.stoker.server.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.stoker.StokerException;
import io.stoker.WarmCounts;
import io.stoker.server.sessions.WarmRun;
import io.stoker.sessions.FollowCounts;
import io.stoker.sessions.FollowMode;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionEstimate;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON of sessions in the HTTP API and of `--json`.
///
/// Conventions: configured durations are text such as `5m`, measured ones are milliseconds. Members
/// without a value are null.
public final class SessionWire {

  private SessionWire() {}

  /// A warm run on a server.
  public record Run(
      String id,
      String trigger,
      Instant startedAt,
      @Nullable Instant endedAt,
      @JsonUnwrapped Progress progress) {

    public static Run of(WarmRun run) {
      return new Run(
          run.id(), run.trigger().label(), run.startedAt(), run.endedAt(), Progress.of(run));
    }
  }

  /// The progress or result of a warm run.
  ///
  /// @param total the number of sessions to warm; null if unknown
  /// @param verified null until the run has ended, and if there was nothing to verify
  /// @param meetsTarget whether the run is complete and at least 90 % of the sample was found; null
  ///   until the run has ended
  public record Progress(
      String state,
      Plan plan,
      @Nullable Long total,
      long selected,
      long warmed,
      Map<String, Long> skipped,
      Map<String, Long> failed,
      @Nullable Long bytes,
      @Nullable Long firstAfterMs,
      long durationMs,
      @Nullable Verified verified,
      @Nullable Boolean meetsTarget,
      String message) {

    static Progress of(WarmRun run) {
      var report = run.report();
      return report == null ? running(run) : ended(run.plan(), report);
    }

    private static Progress running(WarmRun run) {
      var counts = run.counts();
      return new Progress(
          run.state().label(),
          Plan.of(run.plan()),
          run.total(),
          counts.selected(),
          counts.warmed(),
          counts.skipped(),
          counts.failed(),
          null,
          null,
          run.took().toMillis(),
          null,
          null,
          "");
    }

    public static Progress ended(SessionPlan plan, SessionReport report) {
      WarmCounts counts = report.counts();
      var firstAfter = report.firstAfter();
      return new Progress(
          report.state().label(),
          Plan.of(plan),
          report.total(),
          counts.selected(),
          counts.warmed(),
          counts.skipped(),
          counts.failed(),
          report.bytes(),
          firstAfter == null ? null : firstAfter.toMillis(),
          report.took().toMillis(),
          Verified.of(report),
          report.meetsTarget(),
          report.message());
    }
  }

  /// How the cache follows the source.
  ///
  /// @param mode `off` or `replication`
  /// @param state of this process; null if nothing is followed
  /// @param text the state in a few words
  /// @param lagMs how far the cache is behind; null if that is not known
  /// @param lagBytes how much of Postgres' log is not in the cache yet; null if that is not known
  /// @param keptBytes how much of its log Postgres keeps for Stoker; null if that is not known
  /// @param position as Postgres writes it; null if that is not known
  /// @param changes what this process has done; null if nothing is followed
  public record Follow(
      String mode,
      @Nullable String state,
      String text,
      @Nullable Long lagMs,
      @Nullable Long lagBytes,
      @Nullable Long keptBytes,
      @Nullable String position,
      @Nullable Changes changes) {

    public static Follow of(FollowMode mode, @Nullable SessionFollower follower) {
      if (follower == null) {
        return new Follow(mode.label(), null, "not following", null, null, null, null, null);
      }
      var status = follower.status();
      var lag = status.lag();
      return new Follow(
          mode.label(),
          status.state().label(),
          status.text(),
          lag == null ? null : lag.toMillis(),
          status.lagBytes(),
          status.keptBytes(),
          status.position(),
          Changes.of(status.counts()));
    }
  }

  /// What changes in the source did to the cache, since the process began.
  public record Changes(
      long written,
      long ended,
      long userWritten,
      long userEnded,
      long everythingEnded,
      long unusable) {

    static Changes of(FollowCounts counts) {
      return new Changes(
          counts.written(),
          counts.ended(),
          counts.usersWritten(),
          counts.usersEnded(),
          counts.everythingEnded(),
          counts.unusable());
    }
  }

  /// The plan of a run.
  public record Plan(
      long count,
      String window,
      @Nullable Long rate,
      String deadline,
      String ttlCap,
      boolean refresh,
      boolean dryRun) {

    public static Plan of(SessionPlan plan) {
      return new Plan(
          plan.limit(),
          DurationFormat.format(plan.activeWithin()),
          plan.rowsPerSecond(),
          DurationFormat.format(plan.deadline()),
          DurationFormat.format(plan.timeToLiveCap()),
          plan.mode() == WriteMode.REFRESH,
          plan.dryRun());
    }
  }

  /// The verification of a run by a sample.
  public record Verified(int sampled, int found, double share) {

    static @Nullable Verified of(SessionReport report) {
      var share = report.verifiedShare();
      return share.isEmpty()
          ? null
          : new Verified(report.sampled(), report.found(), share.getAsDouble());
    }
  }

  /// An estimate of what a run would warm.
  public record Estimate(
      Plan plan, long eligible, long selected, long averageBytes, long cacheBytes) {

    public static Estimate of(SessionPlan plan, SessionEstimate estimate) {
      return new Estimate(
          Plan.of(plan),
          estimate.eligible(),
          estimate.selected(),
          estimate.averageBytes(),
          estimate.cacheBytes());
    }
  }

  /// Look-up statistics of all processes.
  ///
  /// @param hitRate null without look-ups
  public record Stats(
      String window,
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

    public static Stats of(Duration window, LookupCounts counts) {
      var hitRate = counts.hitRate();
      return new Stats(
          DurationFormat.format(window),
          counts.hits(),
          counts.misses(),
          hitRate.isEmpty() ? null : hitRate.getAsDouble(),
          counts.processHits(),
          counts.cacheHits(),
          counts.loaded(),
          counts.unknown(),
          counts.failed(),
          counts.cacheErrors(),
          counts.invalidations());
    }
  }

  /// A revocation by exactly one of the three members.
  public record Revocation(
      @Nullable String token, @Nullable String tokenHash, @Nullable String userId) {}

  /// An error.
  public record ErrorBody(String error, String message) {

    /// The code in JSON, such as `cache-unreachable`.
    public static String label(StokerException.Code code) {
      return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
