package io.stoker.server.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.stoker.StokerException;
import io.stoker.WarmCounts;
import io.stoker.server.sessions.WarmRun;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionEstimate;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What goes over the wire and comes out of `--json`: JSON by [WireJson].
///
/// Durations are text such as `5m` where somebody sets them, and milliseconds where they were
/// measured. A member without a value is null.
public final class SessionWire {

  private SessionWire() {}

  /// A warm run of a server.
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

  /// How a warm run goes, or went.
  ///
  /// @param total how many sessions it will select; null if that is not known
  /// @param verified null until the run is over, and if there was nothing to verify
  /// @param meetsTarget whether at least 90 % of the sample was found; null until the run is over
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
      return report == null ? going(run) : over(run.plan(), run.total(), report);
    }

    private static Progress going(WarmRun run) {
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

    public static Progress over(SessionPlan plan, @Nullable Long total, SessionReport report) {
      WarmCounts counts = report.counts();
      var firstAfter = report.firstAfter();
      return new Progress(
          report.state().label(),
          Plan.of(plan),
          total,
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

  /// What a run is to do.
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

  /// How much of a run's sample the reader found.
  public record Verified(int sampled, int found, double share) {

    static @Nullable Verified of(SessionReport report) {
      var share = report.verifiedShare();
      return share.isEmpty()
          ? null
          : new Verified(report.sampled(), report.found(), share.getAsDouble());
    }
  }

  /// What a run would take.
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

  /// How the look-ups of all processes went.
  ///
  /// @param hitRate null if there were none
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

  /// Who is to be signed out: exactly one of the three.
  public record Revocation(
      @Nullable String token, @Nullable String tokenHash, @Nullable String userId) {}

  /// Why a question has no answer.
  public record ErrorBody(String error, String message) {

    public static ErrorBody of(StokerException trouble) {
      return new ErrorBody(label(trouble.code()), String.valueOf(trouble.getMessage()));
    }

    /// A code in the form of the wire: `cache-unreachable`.
    public static String label(StokerException.Code code) {
      return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
