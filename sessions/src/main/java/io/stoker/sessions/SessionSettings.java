package io.stoker.sessions;

import io.stoker.StokerException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an operator can set about sessions, under whatever prefix a program binds it.
///
/// The constructor takes null for what is not set; the components below that may be null then leave
/// the choice to the library's plan. [#check()] says what makes no sense.
///
/// @param mapping `standard`, `spring-session` or the path of a file with a SELECT
/// @param namespace what the keys of sessions in Redis begin with
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
    String mapping,
    String namespace,
    @Nullable Long limit,
    @Nullable Duration window,
    @Nullable Integer batchSize,
    @Nullable Long rate,
    @Nullable Duration deadline,
    @Nullable Duration ttlCap,
    @Nullable Double jitter,
    Boolean warmAtStart,
    Boolean keepWarm,
    Duration lookEvery,
    @Nullable Duration refreshEvery,
    Boolean readinessGate,
    Duration readinessDeadline,
    String springNamespace) {

  private static final String SPRING_SESSION = "spring-session";
  private static final String NO_SESSION = "0".repeat(64);

  /// A setting that cannot be used. The message names it, what was expected and what came.
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

    /// What was expected and what came.
    public String problem() {
      return problem;
    }
  }

  /// Fills in what is not set.
  public SessionSettings(
      @Nullable String mapping,
      @Nullable String namespace,
      @Nullable Long limit,
      @Nullable Duration window,
      @Nullable Integer batchSize,
      @Nullable Long rate,
      @Nullable Duration deadline,
      @Nullable Duration ttlCap,
      @Nullable Double jitter,
      @Nullable Boolean warmAtStart,
      @Nullable Boolean keepWarm,
      @Nullable Duration lookEvery,
      @Nullable Duration refreshEvery,
      @Nullable Boolean readinessGate,
      @Nullable Duration readinessDeadline,
      @Nullable String springNamespace) {
    this.mapping = Objects.requireNonNullElse(mapping, "standard");
    this.namespace = Objects.requireNonNullElse(namespace, RedisSessions.NAMESPACE);
    this.limit = limit;
    this.window = window;
    this.batchSize = batchSize;
    this.rate = rate;
    this.deadline = deadline;
    this.ttlCap = ttlCap;
    this.jitter = jitter;
    this.warmAtStart = Objects.requireNonNullElse(warmAtStart, true);
    this.keepWarm = Objects.requireNonNullElse(keepWarm, true);
    this.lookEvery = Objects.requireNonNullElse(lookEvery, Duration.ofSeconds(5));
    this.refreshEvery = refreshEvery;
    this.readinessGate = Objects.requireNonNullElse(readinessGate, false);
    this.readinessDeadline = Objects.requireNonNullElse(readinessDeadline, Duration.ofSeconds(30));
    this.springNamespace = Objects.requireNonNullElse(springNamespace, "spring:session");
  }

  /// Checks everything but whether a file with a mapping can be read.
  ///
  /// @throws InvalidSettingException for the first setting that makes no sense
  public void check() {
    requireText("namespace", namespace);
    requireText("spring-namespace", springNamespace);
    requirePositive("look-every", lookEvery);
    if (refreshEvery != null) {
      requirePositive("refresh-every", refreshEvery);
    }
    require(
        !readinessDeadline.isNegative(),
        "readiness-deadline",
        "expected a duration from zero, got " + text(readinessDeadline));
    plan();
  }

  /// How sessions are found in the database.
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

  /// Whether entries are Spring Session's, which no [SessionStore] reads or revokes.
  public boolean isSpring() {
    return mapping.equals(SPRING_SESSION);
  }

  /// What a run does unless a caller asks for something else.
  ///
  /// @throws InvalidSettingException naming the setting that makes no sense
  public SessionPlan plan() {
    var plan =
        (isSpring() ? SessionPlan.springSession() : SessionPlan.standard())
            .with("limit", limit, SessionPlan.Change::limit)
            .with("window", window, SessionPlan.Change::activeWithin)
            .with("batch-size", batchSize, SessionPlan.Change::batchSize)
            .with("rate", rate, SessionPlan.Change::rowsPerSecond)
            .with("deadline", deadline, SessionPlan.Change::deadline)
            .with("ttl-cap", ttlCap, SessionPlan.Change::timeToLiveCap)
            .with("jitter", jitter, SessionPlan.Change::jitter);
    requireShortLife("deadline and ttl-cap", plan);
    return plan;
  }

  /// Refuses a plan whose entries could outlive tombstones ([RedisSessions#MAX_AGE]).
  ///
  /// @param name what the caller calls the values that make it so
  public void requireShortLife(String name, SessionPlan plan) {
    var life = plan.deadline().plus(plan.timeToLiveCap());
    require(
        isSpring() || life.compareTo(RedisSessions.MAX_AGE) < 0,
        name,
        "expected a run's deadline and the TTL cap to stay under "
            + text(RedisSessions.MAX_AGE)
            + " together, or revoked sessions could come back, got "
            + text(plan.deadline())
            + " and "
            + text(plan.timeToLiveCap()));
  }

  /// When to check whether the cache is warm, and what to do then.
  public SessionKeeper.Settings keeper() {
    var usual = SessionKeeper.Settings.of(plan());
    return new SessionKeeper.Settings(
        usual.plan(),
        warmAtStart,
        keepWarm,
        lookEvery,
        refreshEvery == null ? usual.refreshEvery() : refreshEvery);
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
    require(value.isPositive(), name, "expected a duration above zero, got " + text(value));
  }

  private static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw new InvalidSettingException(name, problem);
    }
  }

  /// As operators write it: `15m` for `PT15M`.
  private static String text(Duration duration) {
    return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
