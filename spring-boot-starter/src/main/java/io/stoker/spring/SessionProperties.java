package io.stoker.spring;

import io.stoker.DurationRules;
import io.stoker.sessions.FollowSettings;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSettings.InvalidSettingException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/// The properties under `stoker.sessions.`; null uses the library's default. A duration is `5m`,
/// `90s` or `PT5M`; a number without a unit is in seconds.
///
/// @param enabled Whether Stoker is enabled.
/// @param redisUrl The Redis for sessions, as redis://user:password@host:6379/0 or rediss:// for
///   TLS. By default, the application's own UnifiedJedis, or the Redis of spring.data.redis.
/// @param mapping The mapping of the database's tables: standard, spring-session or the path of a
///   file with a SELECT.
/// @param namespace The prefix of all keys in Redis.
/// @param springNamespace The prefix of Spring Session's keys.
/// @param springIndexed Whether the application uses Spring Session's
///   RedisIndexedSessionRepository.
/// @param limit The most sessions per run. 1000 by default.
/// @param window How recent a session's last activity must be. 24 hours by default.
/// @param batchSize Sessions between two progress events of a run. 100 by default.
/// @param rate The most sessions per second. No limit by default.
/// @param deadline How long a run may take. 5 minutes by default.
/// @param retryFor How long a run waits in all for a Redis that has stopped answering, as in a
///   failover, and sends again what got no reply; 0 for not at all. 1 minute by default.
/// @param ttlCap The longest TTL of an entry in Redis; together with the deadline less than 15
///   minutes. 5 minutes by default.
/// @param jitter The largest share of the TTL to subtract at random, from 0 to less than 1. 0.2 by
///   default.
/// @param warmAtStart Whether to warm a cold cache when the application starts.
/// @param keepWarm Whether to keep the cache warm after that.
/// @param lookEvery How often to check whether Redis was emptied.
/// @param refreshEvery How long after a run to refresh entries near their expiry. A third of the
///   TTL cap by default.
/// @param readinessGate Whether the application is ready only once its first run is over. Needs
///   stokerSessionsReady in management.endpoint.health.group.readiness.include.
/// @param readinessDeadline How long the gate keeps the application unready at most.
/// @param processLife How long a session is served from the process' memory; 0 to disable that.
/// @param processEntries The most sessions in the process' memory.
/// @param follow replication to end and write in Redis what changes in Postgres, whoever changes
///   it; off not to.
/// @param followInserts Whether a followed new session is written before anybody looks it up.
/// @param followLagLimit How much of its log Postgres may keep for Stoker; beyond it the slot is
///   given up.
/// @param followSlot The name of the replication slot, one for each namespace that follows.
/// @param followPublication The name of the publication that an administrator has created.
@ConfigurationProperties(prefix = "stoker.sessions", ignoreUnknownFields = false)
public record SessionProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String redisUrl,
    @DefaultValue("standard") String mapping,
    @DefaultValue(RedisSessions.NAMESPACE) String namespace,
    @DefaultValue("spring:session") String springNamespace,
    @DefaultValue("false") boolean springIndexed,
    @Nullable Long limit,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration window,
    @Nullable Integer batchSize,
    @Nullable Long rate,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration deadline,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration retryFor,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration ttlCap,
    @Nullable Double jitter,
    @DefaultValue("true") boolean warmAtStart,
    @DefaultValue("true") boolean keepWarm,
    @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration lookEvery,
    @Nullable @DurationUnit(ChronoUnit.SECONDS) Duration refreshEvery,
    @DefaultValue("false") boolean readinessGate,
    @DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration readinessDeadline,
    @DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS) Duration processLife,
    @DefaultValue("10000") long processEntries,
    @DefaultValue("off") String follow,
    @DefaultValue("true") boolean followInserts,
    @DefaultValue(FollowSettings.LAG_LIMIT) String followLagLimit,
    @DefaultValue(FollowSettings.NAME) String followSlot,
    @DefaultValue(FollowSettings.NAME) String followPublication) {

  static final String PREFIX = "stoker.sessions.";

  /// Checks the properties that only the starter has; [#settings()] checks the others.
  public SessionProperties {
    require(
        !processLife.isNegative(),
        "process-life",
        "expected a duration from zero, got " + DurationRules.text(processLife));
    require(
        processEntries >= 1,
        "process-entries",
        "expected a whole number from 1, got " + processEntries);
  }

  private static void require(boolean isValid, String name, String problem) {
    if (!isValid) {
      throw invalid(name, problem);
    }
  }

  /// The library's settings.
  ///
  /// @throws InvalidPropertyException if a property is invalid
  SessionSettings settings() {
    var settings =
        new SessionSettings(
            mapping,
            namespace,
            limit,
            window,
            batchSize,
            rate,
            deadline,
            retryFor,
            ttlCap,
            jitter,
            warmAtStart,
            keepWarm,
            lookEvery,
            refreshEvery,
            readinessGate,
            readinessDeadline,
            springNamespace,
            springIndexed,
            follow,
            followInserts,
            followLagLimit,
            followSlot,
            followPublication);
    return checked(() -> {
      settings.check();
      return settings;
    });
  }

  /// The mapping of the database's tables.
  ///
  /// @throws InvalidPropertyException if there is no such mapping or file
  SessionMapping sessionMapping() {
    return checked(settings()::sessionMapping);
  }

  /// The same, where its tables are followed.
  ///
  /// @throws InvalidPropertyException if it does not say which tables those are
  SessionMapping followedMapping() {
    var _ = checked(settings()::followedTables);
    return sessionMapping();
  }

  /// The settings of look-ups.
  SessionCache.Settings cache() {
    var plan = settings().plan();
    return new SessionCache.Settings(
        processLife, processEntries, plan.timeToLiveCap(), plan.jitter());
  }

  private static <T> T checked(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidSettingException e) {
      throw invalid(e.name(), e.problem());
    }
  }

  private static InvalidPropertyException invalid(String name, String problem) {
    return new InvalidPropertyException(
        PREFIX + name, problem, "Change " + PREFIX + name + ", or leave it out.");
  }

  /// Contains no values, since one holds a password.
  @Override
  public String toString() {
    return "stoker.sessions";
  }
}
