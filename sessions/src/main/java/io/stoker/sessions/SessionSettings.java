package io.stoker.sessions;

import io.stoker.DurationRules;
import io.stoker.StokerException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The settings of sessions, bound by each program under its own prefix.
///
/// The constructor takes null for settings that are not set; components that remain null use the
/// default plan's value. [#check()] validates them.
///
/// @param mapping `standard`, `spring-session` or the path of a file with a SELECT
/// @param namespace the prefix of the keys in Redis
/// @param limit the most sessions per run
/// @param window how recent a session's last activity must be
/// @param batchSize sessions between two progress events
/// @param rate the most sessions per second; null for no limit
/// @param deadline how long a run may take
/// @param retryFor how long a run waits in all for a Redis that has stopped answering, as in a
///   failover, and sends again what got no reply; 0s for not at all
/// @param ttlCap the longest TTL of an entry; together with the deadline less than 15m
/// @param jitter the largest share of the TTL to subtract at random
/// @param warmAtStart whether a server warms a cold cache when it starts
/// @param keepWarm whether a server continues to keep the cache warm
/// @param lookEvery how often it checks whether the cache was emptied
/// @param refreshEvery how long after a run it refreshes entries near their expiry; null for a
///   third of the TTL cap
/// @param readinessGate whether a server is ready only once its first run is over
/// @param readinessDeadline how long it stays unready at most
/// @param springNamespace the prefix of Spring Session's keys
/// @param springIndexed whether the application uses Spring Session's
///   `RedisIndexedSessionRepository`
/// @param follow `replication` to end and write in Redis what changes in Postgres; `off` not to
/// @param followInserts whether a followed new session is written before anybody looks it up
/// @param followLagLimit how much of its log Postgres may keep for Stoker, such as `512MB`; beyond
///   it the slot is given up
/// @param followSlot the name of the replication slot; one for each namespace that follows
/// @param followPublication the name of the publication that an administrator has created
public record SessionSettings(
    String mapping,
    String namespace,
    @Nullable Long limit,
    @Nullable Duration window,
    @Nullable Integer batchSize,
    @Nullable Long rate,
    @Nullable Duration deadline,
    @Nullable Duration retryFor,
    @Nullable Duration ttlCap,
    @Nullable Double jitter,
    Boolean warmAtStart,
    Boolean keepWarm,
    Duration lookEvery,
    @Nullable Duration refreshEvery,
    Boolean readinessGate,
    Duration readinessDeadline,
    String springNamespace,
    Boolean springIndexed,
    String follow,
    Boolean followInserts,
    String followLagLimit,
    String followSlot,
    String followPublication) {

  private static final String SPRING_SESSION = "spring-session";
  private static final String NO_SESSION = "0".repeat(64);

  /// Thrown when a setting is invalid. The message contains its name, the expected and the actual
  /// value.
  public static final class InvalidSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final String problem;

    InvalidSettingException(String name, String problem) {
      super(name + ": " + problem);
      this.name = name;
      this.problem = problem;
    }

    /// The setting without a prefix, as in `ttl-cap`.
    public String name() {
      return name;
    }

    /// The expected and the actual value.
    public String problem() {
      return problem;
    }
  }

  /// Fills in defaults.
  public SessionSettings(
      @Nullable String mapping,
      @Nullable String namespace,
      @Nullable Long limit,
      @Nullable Duration window,
      @Nullable Integer batchSize,
      @Nullable Long rate,
      @Nullable Duration deadline,
      @Nullable Duration retryFor,
      @Nullable Duration ttlCap,
      @Nullable Double jitter,
      @Nullable Boolean warmAtStart,
      @Nullable Boolean keepWarm,
      @Nullable Duration lookEvery,
      @Nullable Duration refreshEvery,
      @Nullable Boolean readinessGate,
      @Nullable Duration readinessDeadline,
      @Nullable String springNamespace,
      @Nullable Boolean springIndexed,
      @Nullable String follow,
      @Nullable Boolean followInserts,
      @Nullable String followLagLimit,
      @Nullable String followSlot,
      @Nullable String followPublication) {
    this.mapping = Objects.requireNonNullElse(mapping, "standard");
    this.namespace = Objects.requireNonNullElse(namespace, RedisSessions.NAMESPACE);
    this.limit = limit;
    this.window = window;
    this.batchSize = batchSize;
    this.rate = rate;
    this.deadline = deadline;
    this.retryFor = retryFor;
    this.ttlCap = ttlCap;
    this.jitter = jitter;
    this.warmAtStart = Objects.requireNonNullElse(warmAtStart, true);
    this.keepWarm = Objects.requireNonNullElse(keepWarm, true);
    this.lookEvery = Objects.requireNonNullElse(lookEvery, Duration.ofSeconds(5));
    this.refreshEvery = refreshEvery;
    this.readinessGate = Objects.requireNonNullElse(readinessGate, false);
    this.readinessDeadline = Objects.requireNonNullElse(readinessDeadline, Duration.ofSeconds(30));
    this.springNamespace = Objects.requireNonNullElse(springNamespace, "spring:session");
    this.springIndexed = Objects.requireNonNullElse(springIndexed, false);
    this.follow = Objects.requireNonNullElse(follow, FollowMode.OFF.label());
    this.followInserts = Objects.requireNonNullElse(followInserts, true);
    this.followLagLimit = Objects.requireNonNullElse(followLagLimit, FollowSettings.LAG_LIMIT);
    this.followSlot = Objects.requireNonNullElse(followSlot, FollowSettings.NAME);
    this.followPublication = Objects.requireNonNullElse(followPublication, FollowSettings.NAME);
  }

  /// Validates everything except that a mapping's file is readable.
  ///
  /// @throws InvalidSettingException for the first invalid setting
  public void check() {
    requireText("namespace", namespace);
    requireText("spring-namespace", springNamespace);
    require(
        !isSpring() || namespace.indexOf('{') < 0,
        "namespace",
        "expected no braces with the mapping spring-session, got \"" + namespace + "\"");
    requirePositive("look-every", lookEvery);
    if (refreshEvery != null) {
      requirePositive("refresh-every", refreshEvery);
    }
    require(
        !readinessDeadline.isNegative(),
        "readiness-deadline",
        "expected a duration from zero, got " + DurationRules.text(readinessDeadline));
    requireText("follow-publication", followPublication);
    require(
        FollowSettings.isSlotName(followSlot),
        "follow-slot",
        "expected small letters, digits and underscores, at most 63, got \"" + followSlot + "\"");
    require(
        FollowSettings.bytes(followLagLimit).isPresent(),
        "follow-lag-limit",
        "expected a size such as 512MB, got \"" + followLagLimit + "\"");
    require(
        followMode() == FollowMode.OFF || !isSpring(),
        "follow",
        "expected off with the mapping spring-session, got " + follow);
    plan();
  }

  /// The mapping of the database's tables.
  ///
  /// @throws InvalidSettingException if there is no such mapping or file
  public SessionMapping sessionMapping() {
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
      throw new InvalidSettingException(
          "mapping",
          "expected standard, spring-session or a file with a SELECT that can be read, got \""
              + mapping
              + "\"");
    }
  }

  /// Whether sessions are Spring Session's, which no [SessionStore] reads or revokes.
  public boolean isSpring() {
    return mapping.equals(SPRING_SESSION);
  }

  /// How the cache learns what has changed in the database.
  ///
  /// @throws InvalidSettingException if there is no such way
  public FollowMode followMode() {
    return FollowMode.of(follow)
        .orElseThrow(() ->
            new InvalidSettingException(
                "follow", "expected off or replication, got \"" + follow + "\""));
  }

  /// How it is followed.
  public FollowSettings followSettings() {
    return new FollowSettings(
        followInserts,
        FollowSettings.bytes(followLagLimit).orElseThrow(),
        followSlot,
        followPublication);
  }

  /// The tables to follow.
  ///
  /// @throws InvalidSettingException if the mapping does not say which
  public FollowedTables followedTables() {
    try {
      return FollowedTables.of(sessionMapping()).orElseThrow(FollowedTables::undeclared);
    } catch (InvalidSettingException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException("mapping", String.valueOf(e.getMessage()));
    }
  }

  /// The default plan of a run.
  ///
  /// @throws InvalidSettingException if a setting is invalid
  public SessionPlan plan() {
    var plan =
        (isSpring() ? SessionPlan.springSession() : SessionPlan.standard())
            .with("limit", limit, SessionPlan.Change::limit)
            .with("window", window, SessionPlan.Change::activeWithin)
            .with("batch-size", batchSize, SessionPlan.Change::batchSize)
            .with("rate", rate, SessionPlan.Change::rowsPerSecond)
            .with("deadline", deadline, SessionPlan.Change::deadline)
            .with("retry-for", retryFor, SessionPlan.Change::retryFor)
            .with("ttl-cap", ttlCap, SessionPlan.Change::timeToLiveCap)
            .with("jitter", jitter, SessionPlan.Change::jitter);
    requireShortTtl("deadline and ttl-cap", plan);
    return plan;
  }

  /// Rejects a plan whose entries could outlive tombstones ([RedisSessions#MAX_AGE]).
  ///
  /// @param name the name of the values, for the message
  public void requireShortTtl(String name, SessionPlan plan) {
    var life = plan.deadline().plus(plan.timeToLiveCap());
    require(
        isSpring() || life.compareTo(RedisSessions.MAX_AGE) < 0,
        name,
        "expected a run's deadline and the TTL cap to stay under "
            + DurationRules.text(RedisSessions.MAX_AGE)
            + " together, or revoked sessions could come back, got "
            + DurationRules.text(plan.deadline())
            + " and "
            + DurationRules.text(plan.timeToLiveCap()));
  }

  /// The settings of a keeper.
  public SessionKeeper.Settings keeper() {
    var usual = SessionKeeper.Settings.of(plan());
    return new SessionKeeper.Settings(
        usual.plan(),
        warmAtStart,
        keepWarm,
        lookEvery,
        refreshEvery == null ? usual.refreshEvery() : refreshEvery);
  }

  /// The target that the mapping's sessions are written to.
  public SessionTarget target(RedisSessions redis) {
    return isSpring()
        ? redis.springSessions(springNamespace, springIndexed, SpringValues.java())
        : redis.store();
  }

  /// The lease and the marker of runs that write to that target.
  public WarmLock lock(RedisSessions redis) {
    return isSpring() ? redis.springLock(springNamespace) : redis.lock();
  }

  /// Looks up a session that does not exist.
  ///
  /// @throws StokerException if the source does not answer, or refuses the mapping
  public void probe(SessionSource source) {
    var key =
        isSpring() ? SessionKey.ofSpringSession(NO_SESSION) : SessionKey.ofTokenHash(NO_SESSION);
    source.find(key, Fence.FIRST).requireReadable();
  }

  private static void requireText(String name, String value) {
    require(!value.isBlank(), name, "expected some text, got none");
  }

  private static void requirePositive(String name, Duration value) {
    require(
        value.isPositive(),
        name,
        "expected a duration above zero, got " + DurationRules.text(value));
  }

  private static void require(boolean isValid, String name, String problem) {
    if (!isValid) {
      throw new InvalidSettingException(name, problem);
    }
  }
}
