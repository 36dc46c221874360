package io.stoker.spring;

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

  /// Refuses what the starter alone knows; the rest is in [#settings()].
  public SessionProperties {
    require(
        !processLife.isNegative(),
        "process-life",
        "expected a duration from zero, got " + processLife);
    require(
        processEntries >= 1,
        "process-entries",
        "expected a whole number from 1, got " + processEntries);
  }

  private static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw bad(name, problem);
    }
  }

  /// What the library knows of.
  ///
  /// @throws InvalidPropertyException if a property makes no sense
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
            ttlCap,
            jitter,
            warmAtStart,
            keepWarm,
            lookEvery,
            refreshEvery,
            readinessGate,
            readinessDeadline,
            springNamespace);
    return checked(() -> {
      settings.check();
      return settings;
    });
  }

  /// How sessions are found in the database.
  ///
  /// @throws InvalidPropertyException if there is no such mapping or file
  SessionMapping sessionMapping() {
    return checked(settings()::sessionMapping);
  }

  /// How look-ups behave.
  SessionCache.Settings cache() {
    var plan = settings().plan();
    return new SessionCache.Settings(
        processLife, processEntries, plan.timeToLiveCap(), plan.jitter());
  }

  private static <T> T checked(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidSettingException e) {
      throw bad(e.name(), e.problem());
    }
  }

  private static InvalidPropertyException bad(String name, String problem) {
    return new InvalidPropertyException(
        PREFIX + name, problem, "Change " + PREFIX + name + ", or leave it out.");
  }

  /// Nothing of the values, since one holds a password.
  @Override
  public String toString() {
    return "stoker.sessions";
  }
}
