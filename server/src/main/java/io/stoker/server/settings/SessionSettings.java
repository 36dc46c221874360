package io.stoker.server.settings;

import io.stoker.server.BadValue;
import io.stoker.server.Durations;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set under `stoker.sessions.`; null where the library's plan is right.
///
/// @param mapping `standard`, `spring-session` or the path of a file with a SELECT
/// @param namespace what all keys in Redis begin with
/// @param limit how many sessions a run takes at the most
/// @param window how long ago their last activity may be
/// @param batchSize sessions between two lines of progress
/// @param rate the most sessions to warm in a second; null for any number
/// @param deadline how long a run may take
/// @param ttlCap the longest TTL of an entry; with the deadline below 15m
/// @param jitter the largest part of its TTL that an entry may lose at random
/// @param warmAtStart whether a server warms a cold cache when it starts
/// @param keepWarm whether a server goes on looking after that
/// @param lookEvery how often it looks whether the cache was emptied
/// @param refreshEvery how long after a run it refreshes what is near expiry; null for a third of
///   the TTL cap
/// @param readinessGate whether a server is ready only once its first run is over
/// @param readinessDeadline how long it stays unready at the most
/// @param springNamespace what Spring Session's keys begin with
public record SessionSettings(
    @DefaultValue("standard") String mapping,
    @DefaultValue(RedisSessions.NAMESPACE) String namespace,
    @Nullable Long limit,
    @Nullable Duration window,
    @Nullable Integer batchSize,
    @Nullable Long rate,
    @Nullable Duration deadline,
    @Nullable Duration ttlCap,
    @Nullable Double jitter,
    @DefaultValue("true") boolean warmAtStart,
    @DefaultValue("true") boolean keepWarm,
    @DefaultValue("5s") Duration lookEvery,
    @Nullable Duration refreshEvery,
    @DefaultValue("false") boolean readinessGate,
    @DefaultValue("30s") Duration readinessDeadline,
    @DefaultValue("spring:session") String springNamespace) {

  private static final String PREFIX = "stoker.sessions.";

  /// Looks at everything that can be wrong.
  ///
  /// @throws BadValue if something is
  void check() {
    require(!namespace.isBlank(), "namespace", "wanted some text, but came none");
    require(!springNamespace.isBlank(), "spring-namespace", "wanted some text, but came none");
    require(
        lookEvery.isPositive(),
        "look-every",
        "must be positive but was " + Durations.text(lookEvery));
    require(
        refreshEvery == null || refreshEvery.isPositive(),
        "refresh-every",
        "must be positive but was " + refreshEvery);
    require(
        !readinessDeadline.isNegative(),
        "readiness-deadline",
        "must not be negative but was " + readinessDeadline);
    sessionMapping();
    plan();
  }

  /// The mapping itself.
  ///
  /// @throws BadValue if there is no such mapping or file
  public SessionMapping sessionMapping() {
    return switch (mapping) {
      case "standard" -> SessionMapping.standard();
      case "spring-session" -> SessionMapping.springSession();
      default -> mappingInFile();
    };
  }

  private SessionMapping mappingInFile() {
    try {
      return SessionMapping.file(Path.of(mapping));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new BadValue(
          PREFIX + "mapping",
          "wanted standard, spring-session or a file with a SELECT that can be read, but came \""
              + mapping
              + "\"");
    }
  }

  /// What to do when nobody wishes otherwise.
  ///
  /// @throws BadValue naming the setting that makes no sense
  public SessionPlan plan() {
    var plan =
        new PlanChange(isSpring() ? SessionPlan.springSession() : SessionPlan.standard(), PREFIX)
            .set("limit", limit, SessionPlan.Change::limit)
            .set("window", window, SessionPlan.Change::activeWithin)
            .set("batch-size", batchSize, SessionPlan.Change::batchSize)
            .set("rate", rate, SessionPlan.Change::rowsPerSecond)
            .set("deadline", deadline, SessionPlan.Change::deadline)
            .set("ttl-cap", ttlCap, SessionPlan.Change::timeToLiveCap)
            .set("jitter", jitter, SessionPlan.Change::jitter)
            .plan();
    requireShortLife(plan, PREFIX + "deadline and ttl-cap");
    return plan;
  }

  /// What to do with a wish fulfilled.
  ///
  /// @throws BadValue naming what makes no sense
  public SessionPlan plan(SessionWish wish) {
    var plan = wish.over(plan());
    requireShortLife(plan, "deadline");
    return plan;
  }

  /// When a server looks after the cache by itself, and what it does then.
  public SessionKeeper.Settings keeper() {
    var usual = SessionKeeper.Settings.of(plan());
    return new SessionKeeper.Settings(
        usual.plan(),
        warmAtStart,
        keepWarm,
        lookEvery,
        refreshEvery == null ? usual.refreshEvery() : refreshEvery);
  }

  /// Whether entries are Spring's, which no [io.stoker.sessions.SessionStore] reads or revokes.
  public boolean isSpring() {
    return mapping.equals("spring-session");
  }

  /// A tombstone outlives every entry read before it only if entries do not live too long
  /// ([RedisSessions#LONGEST_LIFE]).
  private void requireShortLife(SessionPlan plan, String name) {
    var life = plan.deadline().plus(plan.timeToLiveCap());
    if (!isSpring() && life.compareTo(RedisSessions.LONGEST_LIFE) >= 0) {
      throw new BadValue(
          name,
          "a run's deadline and the TTL cap together must stay under "
              + Durations.text(RedisSessions.LONGEST_LIFE)
              + ", or revoked sessions could come back, but came "
              + Durations.text(plan.deadline())
              + " and "
              + Durations.text(plan.timeToLiveCap()));
    }
  }

  private static void require(boolean holds, String key, String problem) {
    if (!holds) {
      throw new BadValue(PREFIX + key, problem);
    }
  }
}
