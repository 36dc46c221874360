package io.stoker.sessions;

import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/// A database whose changes are followed into a Redis. Closing it removes the slot.
final class FollowWorld implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RealPostgres postgres;
  private final SessionDatabase database;
  private final RedisClient client;
  private final RedisSessions redis;
  private final SessionSource source;
  private final List<SessionFollower> followers = new ArrayList<>();
  private final List<SessionPlan> fullRuns = new CopyOnWriteArrayList<>();
  private FollowSettings settings;
  private SessionMapping mapping = SessionMapping.standard();

  private FollowWorld(RealPostgres postgres, int redisPort) {
    this.postgres = postgres;
    this.database = SessionDatabase.on(postgres);
    this.client =
        RedisClient.builder()
            .hostAndPort("127.0.0.1", redisPort)
            .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(1000).build())
            .build();
    this.redis = new RedisSessions(client, Time.system());
    this.source = SessionSource.jdbc(database.dataSource(), mapping, Time.system());
    this.settings = settings(true, 1L << 30);
  }

  /// A Postgres that can be followed.
  static RealPostgres.Builder postgres() {
    return RealPostgres.builder()
        .setting("wal_level", "logical")
        .setting("max_slot_wal_keep_size", "4GB");
  }

  /// With nothing yet of what following needs beside the server's settings.
  static FollowWorld bare(RealPostgres postgres, int redisPort) {
    return new FollowWorld(postgres, redisPort);
  }

  /// With all that following needs.
  static FollowWorld open(RealPostgres postgres) {
    RealRedis.shared().flush();
    return open(postgres, RealRedis.shared().port());
  }

  static FollowWorld open(RealPostgres postgres, int redisPort) {
    var world = bare(postgres, redisPort);
    world.prepare();
    return world;
  }

  private FollowSettings settings(boolean inserts, long lagLimit) {
    return new FollowSettings(inserts, lagLimit, "slot_" + database.name(), FollowSettings.NAME);
  }

  FollowWorld withoutInserts() {
    settings = settings(false, settings.lagLimit());
    return this;
  }

  FollowWorld lagLimit(long bytes) {
    settings = settings(settings.inserts(), bytes);
    return this;
  }

  FollowWorld mapping(SessionMapping other) {
    mapping = other;
    return this;
  }

  FollowSettings settings() {
    return settings;
  }

  SessionFollower.Database followed() {
    return new SessionFollower.Database(
        database.dataSource(),
        ReplicationConnector.jdbc(
            postgres.jdbcUrl(database.name()), RealPostgres.POSTGRES, RealPostgres.POSTGRES),
        mapping);
  }

  /// What there is to be done by an administrator, as it would be printed.
  List<FollowCheck> checks() {
    try (var connection = database.dataSource().getConnection()) {
      return new FollowSetup(connection, followed().tables(), settings).checks();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs what is printed for an administrator.
  void prepare() {
    for (var check : checks()) {
      if (!check.holds()) {
        run(check.sql());
      }
    }
  }

  /// Another follower, which has begun.
  SessionFollower start() {
    var warmer = new SessionWarmer(source, redis.store(), redis.lock(), Time.system());
    SessionKeeper.Runner runner =
        plan -> {
          var report = warmer.warm(plan);
          fullRuns.add(plan);
          return report;
        };
    var follower =
        new SessionFollower(
            followed(), redis, runner, settings, SessionPlan.standard(), Time.system());
    followers.add(follower);
    follower.start();
    return follower;
  }

  /// A follower that has come to follow, with its first full run behind it.
  SessionFollower follow() {
    var follower = start();
    awaitState(follower, FollowState.FOLLOWING);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> log().progress().filter(progress -> !progress.incomplete()).isPresent());
    return follower;
  }

  static void awaitState(SessionFollower follower, FollowState state) {
    await("state " + state)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> follower.status().state() == state);
  }

  /// Full runs that have been done.
  List<SessionPlan> fullRuns() {
    return fullRuns;
  }

  SessionDatabase database() {
    return database;
  }

  SessionStore store() {
    return redis.store();
  }

  FollowLog log() {
    return redis.followLog();
  }

  RedisClient client() {
    return client;
  }

  SessionCache reader(Duration processLife) {
    var cache = new SessionCache.Settings(processLife, 10_000, Duration.ofMinutes(5), 0);
    return new SessionCache(store(), source, null, cache, Time.system());
  }

  void run(String sql) {
    database.run(sql);
  }

  /// A user of this number, whose id it makes.
  void addUser(int number) {
    run(
        "INSERT INTO platform.users (id, email, username) VALUES ('%s', 'u%d@example.com', 'u%d')"
            .formatted(userId(number), number, number));
  }

  /// A session of a user, for an hour.
  void addSession(String token, int user) {
    run(
        """
        INSERT INTO platform.user_sessions (id, user_id, token, expires_at, last_activity_at)
        VALUES (gen_random_uuid(), '%s', '%s', now() + interval '1 hour', now())
        """
            .formatted(userId(user), hash(token)));
  }

  /// Changes or deletes a session: `UPDATE platform.user_sessions SET ...`.
  void session(String statement, String token) {
    run(statement + " WHERE token = '" + hash(token) + "'");
  }

  void user(String statement, int user) {
    run(statement + " WHERE id = '" + userId(user) + "'");
  }

  static String userId(int number) {
    return "00000000-0000-0000-0000-%012d".formatted(number);
  }

  static String hash(String token) {
    return SessionKey.ofToken(token).name();
  }

  SessionLookup lookup(String token) {
    return store().read(List.of(SessionKey.ofToken(token))).getFirst();
  }

  <T extends SessionLookup> void awaitLookup(String token, Class<T> kind) {
    await(token + " is " + kind.getSimpleName())
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> kind.isInstance(lookup(token)));
  }

  /// Waits until an entry holds a text.
  void awaitEntry(String token, String text) {
    await(token + " has " + text)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() ->
            lookup(token) instanceof SessionLookup.Found(Session session, _)
                && session.json().contains(text));
  }

  /// Waits until what was committed before is in the cache.
  void awaitCaughtUp() {
    var end = database.text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn");
    await("caught up")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> log().progress().filter(p -> p.position() >= Long.parseLong(end)).isPresent());
  }

  @Override
  public void close() {
    followers.forEach(SessionFollower::close);
    followers.forEach(SessionFollower::awaitEnd);
    client.close();
    run(
        """
        SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
         WHERE slot_name = '%1$s' AND active;
        SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
         WHERE slot_name = '%1$s'
        """
            .formatted(settings.slot()));
  }
}
