package io.stoker.spring;

import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/// What can be set under `stoker.sessions.`; null where the library knows what is right. A duration
/// is `5m`, `90s` or `PT5M`; a number without a unit counts seconds.
///
/// @param enabled Whether there is any of this.
/// @param redisUrl Redis to keep sessions in, as redis://user:password@host:6379/0 or rediss:// for
///   TLS. Without it, the application's own UnifiedJedis, or the Redis of spring.data.redis.
/// @param mapping Where sessions are in the database: standard, spring-session or the path of a
///   file with a SELECT.
/// @param namespace What all keys in Redis begin with.
/// @param springNamespace What the keys of Spring Session begin with.
/// @param limit How many sessions a run takes at the most. 1000 by default.
/// @param window How long ago the last activity of a session may be. 24 hours by default.
/// @param batchSize Sessions between two progress events of a run. 100 by default.
/// @param rate The most sessions to warm in a second. No limit by default.
/// @param deadline How long a run may take. 5 minutes by default.
/// @param ttlCap The longest TTL of an entry in Redis; with the deadline below 15 minutes. 5
///   minutes by default.
/// @param jitter The largest part of its TTL that an entry may lose at random, from 0 to less than
///   1. 0.2 by default.
/// @param warmAtStart Whether to warm a cold cache when the application starts.
/// @param keepWarm Whether to go on looking after that.
/// @param lookEvery How often to look whether Redis was emptied.
/// @param refreshEvery How long after a run to refresh what is near its expiry. A third of the TTL
///   cap by default.
/// @param readinessGate Whether the application is ready only once its first run is over. Needs
///   stokerSessionsReady in management.endpoint.health.group.readiness.include.
/// @param readinessDeadline How long the gate keeps the application unready at the most.
/// @param processLife How long a session is served from the memory of the process; 0 for not at
///   all.
/// @param processEntries How many sessions the memory of the process holds at the most.
@ConfigurationProperties(prefix = "stoker.sessions", ignoreUnknownFields = false)
public record SessionProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String redisUrl,
    @DefaultValue("standard") String mapping,
    @DefaultValue(RedisSessions.NAMESPACE) String namespace,
    @DefaultValue("spring:session") String springNamespace,
    @Nullable Long limit,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration window,
    @Nullable Integer batchSize,
    @Nullable Long rate,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration deadline,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration ttlCap,
    @Nullable Double jitter,
    @DefaultValue("true") boolean warmAtStart,
    @DefaultValue("true") boolean keepWarm,
    @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration lookEvery,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration refreshEvery,
    @DefaultValue("false") boolean readinessGate,
    @DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration readinessDeadline,
    @DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS) Duration processLife,
    @DefaultValue("10000") long processEntries) {

  static final String PREFIX = "stoker.sessions.";

  private static final String SPRING_SESSION = "spring-session";
  private static final String NOBODY = "0".repeat(64);

  /// Refuses what makes no sense by itself; what a plan refuses, [#plan()] does.
  public SessionProperties {
    require(!namespace.isBlank(), "namespace", "wanted some text, but came none");
    require(!springNamespace.isBlank(), "spring-namespace", "wanted some text, but came none");
    requirePositive("look-every", lookEvery);
    if (refreshEvery != null) {
      requirePositive("refresh-every", refreshEvery);
    }
    requireNotNegative("readiness-deadline", readinessDeadline);
    requireNotNegative("process-life", processLife);
    require(
        processEntries >= 1,
        "process-entries",
        "wanted a whole number from 1, but came " + processEntries);
  }

  /// Whether sessions are Spring Session's, which Spring Session reads and no [SessionCache].
  boolean isSpring() {
    return mapping.equals(SPRING_SESSION);
  }

  /// A key that no session has.
  SessionKey nobody() {
    return isSpring() ? SessionKey.ofSpringSession(NOBODY) : SessionKey.ofTokenHash(NOBODY);
  }

  /// How sessions are found in the database.
  SessionMapping sessionMapping() {
    return switch (mapping) {
      case "standard" -> SessionMapping.standard();
      case SPRING_SESSION -> SessionMapping.springSession();
      default -> mappingInFile();
    };
  }

  private SessionMapping mappingInFile() {
    try {
      return SessionMapping.file(Path.of(mapping));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw bad(
          "mapping",
          "wanted standard, spring-session or a file with a SELECT that can be read, but came \""
              + mapping
              + "\"");
    }
  }

  /// What a run shall do.
  SessionPlan plan() {
    var usual = isSpring() ? SessionPlan.springSession() : SessionPlan.standard();
    var plan = changed(usual, "limit", limit, SessionPlan.Change::limit);
    plan = changed(plan, "window", window, SessionPlan.Change::activeWithin);
    plan = changed(plan, "batch-size", batchSize, SessionPlan.Change::batchSize);
    plan = changed(plan, "rate", rate, SessionPlan.Change::rowsPerSecond);
    plan = changed(plan, "deadline", deadline, SessionPlan.Change::deadline);
    plan = changed(plan, "ttl-cap", ttlCap, SessionPlan.Change::timeToLiveCap);
    plan = changed(plan, "jitter", jitter, SessionPlan.Change::jitter);
    requireShortLife(plan);
    return plan;
  }

  private static <T> SessionPlan changed(
      SessionPlan plan,
      String name,
      @Nullable T value,
      BiFunction<SessionPlan.Change, T, SessionPlan.Change> change) {
    if (value == null) {
      return plan;
    }
    try {
      return change.apply(plan.change(), value).plan();
    } catch (IllegalArgumentException e) {
      throw bad(name, String.valueOf(e.getMessage()));
    }
  }

  /// A tombstone outlives every entry read before it only if entries do not live too long
  /// ([RedisSessions#LONGEST_LIFE]).
  private void requireShortLife(SessionPlan plan) {
    require(
        isSpring()
            || plan.deadline().plus(plan.timeToLiveCap()).compareTo(RedisSessions.LONGEST_LIFE) < 0,
        "deadline and " + PREFIX + "ttl-cap",
        "wanted them to be shorter together than "
            + RedisSessions.LONGEST_LIFE
            + ", or revoked sessions could come back, but came "
            + plan.deadline()
            + " and "
            + plan.timeToLiveCap());
  }

  /// When to look after the cache, and what to do then.
  SessionKeeper.Settings keeper() {
    var usual = SessionKeeper.Settings.of(plan());
    return new SessionKeeper.Settings(
        usual.plan(),
        warmAtStart,
        keepWarm,
        lookEvery,
        refreshEvery == null ? usual.refreshEvery() : refreshEvery);
  }

  /// How look-ups behave.
  SessionCache.Settings cache() {
    var plan = plan();
    return new SessionCache.Settings(
        processLife, processEntries, plan.timeToLiveCap(), plan.jitter());
  }

  private static void requirePositive(String name, Duration length) {
    require(length.isPositive(), name, "wanted a duration above zero, but came " + length);
  }

  private static void requireNotNegative(String name, Duration length) {
    require(!length.isNegative(), name, "wanted a duration from zero, but came " + length);
  }

  private static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw bad(name, problem);
    }
  }

  private static BadPropertyException bad(String name, String problem) {
    return new BadPropertyException(
        PREFIX + name, problem, "Change " + PREFIX + name + ", or leave it out.");
  }

  /// Nothing of the values, since one holds a password.
  @Override
  public String toString() {
    return "stoker.sessions";
  }
}
