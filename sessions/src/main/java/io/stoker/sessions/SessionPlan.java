package io.stoker.sessions;

import io.stoker.sessions.SessionSettings.InvalidSettingException;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// What a warm run does. Immutable; start from [#standard()] and change what differs.
///
/// @param limit how many sessions at the most
/// @param activeWithin how long ago their last activity may be
/// @param batchSize sessions between two progress events
/// @param rowsPerSecond the most sessions to warm in a second; null for no limit
/// @param deadline how long the run may take
/// @param timeToLiveCap the longest TTL of an entry
/// @param jitter the largest part of its TTL that an entry may lose at random, from 0 to 1
/// @param mode what to do about entries that are there already
/// @param sampleSize how many warmed sessions are read back to verify the run; 0 for none
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
    boolean dryRun) {

  /// The limit that takes every eligible session.
  public static final long ALL = Long.MAX_VALUE;

  /// How many sessions are warmed in order of activity before the others follow.
  static final int HOTTEST = 10_000;

  /// How many of those others are in a chunk.
  static final int BULK_CHUNK = 1000;

  /// Says what is wrong with a value that makes no sense.
  public SessionPlan {
    require(limit >= 1, "limit must be at least 1", limit);
    require(activeWithin.isPositive(), "the activity window must be positive", activeWithin);
    require(batchSize >= 1, "the batch size must be at least 1", batchSize);
    require(
        rowsPerSecond == null || rowsPerSecond >= 1, "the rate must be at least 1", rowsPerSecond);
    require(deadline.isPositive(), "the deadline must be positive", deadline);
    require(timeToLiveCap.toSeconds() >= 1, "the TTL cap must be at least a second", timeToLiveCap);
    require(jitter >= 0 && jitter < 1, "jitter must be from 0 to less than 1", jitter);
    require(sampleSize >= 0, "the sample size must not be negative", sampleSize);
  }

  /// The usual plan: the 1,000 most recently active sessions of the last 24 hours, within 5
  /// minutes, kept for 4 to 5 minutes.
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
        false);
  }

  /// The usual plan for Spring sessions. Their TTL is their own remaining lifetime, since to an
  /// application that keeps its sessions in Redis a missing one means that the user is signed out.
  public static SessionPlan springSession() {
    return standard().change().timeToLiveCap(Duration.ofDays(365)).jitter(0).plan();
  }

  /// A plan that begins as this one; change what differs, then ask for the [Change#plan()].
  public Change change() {
    return new Change(this);
  }

  /// This plan with one value changed, or as it is if the value is null.
  ///
  /// @param name what its author calls the value
  /// @throws InvalidSettingException if the plan refuses the value
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

  /// How long the cache counts as warm after a run: until the last of its entries has expired, or a
  /// day.
  Duration warmFor() {
    var day = Duration.ofDays(1);
    return timeToLiveCap.compareTo(day) < 0 ? timeToLiveCap : day;
  }

  /// Which sessions to read from the source.
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

  private static void require(boolean holds, String rule, @Nullable Object came) {
    if (!holds) {
      throw new IllegalArgumentException(rule + " but was " + came);
    }
  }

  /// A plan being changed; each method sets the component of its name. Confined to one thread.
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
      this.dryRun = plan.dryRun;
    }

    /// How many sessions at the most; [#ALL] for no limit.
    public Change limit(long limit) {
      this.limit = limit;
      return this;
    }

    /// How long ago their last activity may be.
    public Change activeWithin(Duration activeWithin) {
      this.activeWithin = activeWithin;
      return this;
    }

    /// Sessions between two progress events.
    public Change batchSize(int batchSize) {
      this.batchSize = batchSize;
      return this;
    }

    /// The most sessions to warm in a second; null for no limit.
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

    /// The largest part of its TTL that an entry may lose at random.
    public Change jitter(double jitter) {
      this.jitter = jitter;
      return this;
    }

    /// What to do about entries that are there already.
    public Change mode(WriteMode mode) {
      this.mode = mode;
      return this;
    }

    /// How many warmed sessions are read back.
    public Change sampleSize(int sampleSize) {
      this.sampleSize = sampleSize;
      return this;
    }

    /// Whether to do everything but write.
    public Change dryRun(boolean dryRun) {
      this.dryRun = dryRun;
      return this;
    }

    /// The changed plan.
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
          dryRun);
    }
  }
}
