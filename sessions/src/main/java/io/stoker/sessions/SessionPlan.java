package io.stoker.sessions;

import static io.stoker.DurationRules.shorter;

import io.stoker.DurationRules;
import io.stoker.sessions.SessionSettings.InvalidSettingException;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The settings of a warm run. Immutable; start from [#standard()] and change what differs.
///
/// @param limit the most sessions to warm
/// @param activeWithin how recent a session's last activity must be
/// @param batchSize sessions between two progress events
/// @param rowsPerSecond the most sessions per second; null for no limit
/// @param deadline how long the run may take
/// @param timeToLiveCap the longest TTL of an entry
/// @param jitter the largest share of the TTL to subtract at random, from 0 to 1
/// @param mode how to treat existing entries
/// @param sampleSize how many warmed sessions to read back to verify the run; 0 for none
/// @param retryFor how long the run may wait in all for a cache that has stopped answering, and
///   send again what got no reply; zero for not at all
/// @param dryRun whether to do everything but write
public record SessionPlan(
    long limit,
    Duration activeWithin,
    int batchSize,
    @Nullable Long rowsPerSecond,
    Duration deadline,
    Duration timeToLiveCap,
    double jitter,
    WriteMode mode,
    int sampleSize,
    Duration retryFor,
    boolean dryRun) {

  /// The limit that selects every eligible session.
  public static final long ALL = Long.MAX_VALUE;

  /// How many sessions are warmed in order of activity, before the bulk.
  static final int HOTTEST = 10_000;

  /// The sessions in a chunk of the bulk.
  static final int BULK_CHUNK = 1000;

  /// Checks the values.
  public SessionPlan {
    require(limit >= 1, "a limit of at least 1", limit);
    require(activeWithin.isPositive(), "an activity window above zero", activeWithin);
    require(batchSize >= 1, "a batch size of at least 1", batchSize);
    require(rowsPerSecond == null || rowsPerSecond >= 1, "a rate of at least 1", rowsPerSecond);
    require(deadline.isPositive(), "a deadline above zero", deadline);
    require(timeToLiveCap.toSeconds() >= 1, "a TTL cap of at least a second", timeToLiveCap);
    require(jitter >= 0 && jitter < 1, "a jitter from 0 to less than 1", jitter);
    require(sampleSize >= 0, "a sample size of at least 0", sampleSize);
    require(!retryFor.isNegative(), "a time for retries of at least zero", retryFor);
  }

  /// The default plan: the 1,000 most recently active sessions of the last 24 hours, with a
  /// deadline of 5 minutes and TTLs of 4 to 5 minutes.
  public static SessionPlan standard() {
    return new SessionPlan(
        1000,
        Duration.ofHours(24),
        100,
        null,
        Duration.ofMinutes(5),
        Duration.ofMinutes(5),
        0.2,
        WriteMode.IF_ABSENT,
        250,
        Duration.ofMinutes(1),
        false);
  }

  /// The default plan for Spring sessions. Their TTL is their remaining lifetime, since an
  /// application with its sessions in Redis treats a missing one as signed out. For the same reason
  /// each is written once.
  public static SessionPlan springSession() {
    return standard()
        .change()
        .timeToLiveCap(Duration.ofDays(365))
        .jitter(0)
        .mode(WriteMode.ONCE)
        .plan();
  }

  /// Whether a run migrates sessions into the application's only store of them: each session once,
  /// and never again by a keeper.
  public boolean isMigration() {
    return mode == WriteMode.ONCE;
  }

  /// A builder that starts from this plan; finish with [Change#plan()].
  public Change change() {
    return new Change(this);
  }

  /// This plan with one value changed, or unchanged if the value is null.
  ///
  /// @param name the setting's name, for the message
  /// @throws InvalidSettingException if the value is invalid
  public <T> SessionPlan with(
      String name, @Nullable T value, BiFunction<Change, T, Change> change) {
    if (value == null) {
      return this;
    }
    try {
      return change.apply(change(), value).plan();
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(name, String.valueOf(e.getMessage()));
    }
  }

  /// How long the cache counts as warm after a run: until its last entries expire, but at most a
  /// day; after a migration for a year.
  Duration warmFor() {
    return isMigration() ? Duration.ofDays(365) : shorter(timeToLiveCap, Duration.ofDays(1));
  }

  /// The query for the source.
  SessionQuery query() {
    int smooth =
        rowsPerSecond == null ? Integer.MAX_VALUE : Math.clamp(rowsPerSecond / 10, 1, 1000);
    return new SessionQuery(
        limit,
        activeWithin,
        (int) Math.min(HOTTEST, limit),
        Math.min(batchSize, smooth),
        Math.min(Math.max(BULK_CHUNK, batchSize), smooth),
        deadline);
  }

  private static void require(boolean isValid, String expected, @Nullable Object got) {
    if (!isValid) {
      var text = got instanceof Duration duration ? DurationRules.text(duration) : got;
      throw new IllegalArgumentException("expected " + expected + ", got " + text);
    }
  }

  /// A builder of plans; each method sets the component of its name. Confined to one thread.
  public static final class Change {

    private long limit;
    private Duration activeWithin;
    private int batchSize;
    private @Nullable Long rowsPerSecond;
    private Duration deadline;
    private Duration timeToLiveCap;
    private double jitter;
    private WriteMode mode;
    private int sampleSize;
    private Duration retryFor;
    private boolean dryRun;

    private Change(SessionPlan plan) {
      this.limit = plan.limit;
      this.activeWithin = plan.activeWithin;
      this.batchSize = plan.batchSize;
      this.rowsPerSecond = plan.rowsPerSecond;
      this.deadline = plan.deadline;
      this.timeToLiveCap = plan.timeToLiveCap;
      this.jitter = plan.jitter;
      this.mode = plan.mode;
      this.sampleSize = plan.sampleSize;
      this.retryFor = plan.retryFor;
      this.dryRun = plan.dryRun;
    }

    /// The most sessions to warm; [#ALL] for no limit.
    public Change limit(long limit) {
      this.limit = limit;
      return this;
    }

    /// How recent a session's last activity must be.
    public Change activeWithin(Duration activeWithin) {
      this.activeWithin = activeWithin;
      return this;
    }

    /// Sessions between two progress events.
    public Change batchSize(int batchSize) {
      this.batchSize = batchSize;
      return this;
    }

    /// The most sessions per second; null for no limit.
    public Change rowsPerSecond(@Nullable Long rowsPerSecond) {
      this.rowsPerSecond = rowsPerSecond;
      return this;
    }

    /// How long the run may take.
    public Change deadline(Duration deadline) {
      this.deadline = deadline;
      return this;
    }

    /// The longest TTL of an entry.
    public Change timeToLiveCap(Duration timeToLiveCap) {
      this.timeToLiveCap = timeToLiveCap;
      return this;
    }

    /// The largest share of the TTL to subtract at random.
    public Change jitter(double jitter) {
      this.jitter = jitter;
      return this;
    }

    /// How to treat existing entries.
    public Change mode(WriteMode mode) {
      this.mode = mode;
      return this;
    }

    /// How many warmed sessions to read back.
    public Change sampleSize(int sampleSize) {
      this.sampleSize = sampleSize;
      return this;
    }

    /// How long to wait in all for a cache that has stopped answering.
    public Change retryFor(Duration retryFor) {
      this.retryFor = retryFor;
      return this;
    }

    /// Whether to do everything but write.
    public Change dryRun(boolean dryRun) {
      this.dryRun = dryRun;
      return this;
    }

    /// The plan.
    public SessionPlan plan() {
      return new SessionPlan(
          limit,
          activeWithin,
          batchSize,
          rowsPerSecond,
          deadline,
          timeToLiveCap,
          jitter,
          mode,
          sampleSize,
          retryFor,
          dryRun);
    }
  }
}
