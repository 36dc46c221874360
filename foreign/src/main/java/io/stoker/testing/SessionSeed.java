package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import javax.sql.DataSource;

/// Generates realistic users and sessions for the tables of [SessionSchema], inside Postgres.
///
/// The same seed generates the same rows, relative to `now`. The client of session `i`, from 0, has
/// the raw token sha256("seed:i") in hex; the `token` column contains the SHA-256 of that text. By
/// default every session is eligible: active within the last 23 hours, most of them recently; valid
/// for another 10 minutes to 30 days; of a user who is neither deleted nor banned, although one in
/// fifty has an expired ban. Immutable.
public final class SessionSeed {

  private static final int MANY = 20_000;

  private final long seed;
  private final int users;
  private final int sessions;
  private final Shares shares;
  private final Optional<Instant> now;

  private SessionSeed(long seed, int users, int sessions, Shares shares, Optional<Instant> now) {
    this.seed = seed;
    this.users = users;
    this.sessions = sessions;
    this.shares = shares;
    this.now = now;
  }

  /// A seed of 500 users with 1000 sessions, all eligible, relative to the database's clock.
  public static SessionSeed of(long seed) {
    return new SessionSeed(seed, 500, 1000, new Shares(0, 0, 0, 0), Optional.empty());
  }

  public SessionSeed users(int users) {
    return new SessionSeed(seed, users, sessions, shares, now);
  }

  public SessionSeed sessions(int sessions) {
    return new SessionSeed(seed, users, sessions, shares, now);
  }

  /// The instant that ages and expiries are counted from.
  public SessionSeed now(Instant now) {
    return new SessionSeed(seed, users, sessions, shares, Optional.of(now));
  }

  /// The share of sessions, 0 to 1, that were active within 24 h but have expired.
  public SessionSeed expired(double share) {
    return with(new Shares(share, shares.banned, shares.deleted, shares.idle));
  }

  /// The share of sessions whose user is banned now: for some days yet, or one in ten for ever.
  public SessionSeed banned(double share) {
    return with(new Shares(shares.expired, share, shares.deleted, shares.idle));
  }

  /// The share of sessions whose user is deleted.
  public SessionSeed deleted(double share) {
    return with(new Shares(shares.expired, shares.banned, share, shares.idle));
  }

  /// The share of sessions whose last activity was 25 to 72 hours ago.
  public SessionSeed idle(double share) {
    return with(new Shares(shares.expired, shares.banned, shares.deleted, share));
  }

  /// The token that the client of session `i`, from 0, sends: 64 hex characters.
  public String rawToken(long i) {
    return sha256(seed + ":" + i);
  }

  /// The `token` column of session `i`: the hash of the raw token.
  public String storedToken(long i) {
    return sha256(rawToken(i));
  }

  /// The kind of session `i`.
  public Kind kindOf(long i) {
    return plan().kindOf(i);
  }

  /// Inserts the rows, then analyzes the tables. A million sessions take less than a minute.
  public SeededSessions into(DataSource dataSource) {
    var plan = plan();
    try (var connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      var many = sessions >= MANY;
      if (many) {
        execute(connection, SessionSchema.withoutKeys());
      }
      var present = present(connection);
      insertUsers(connection, plan, present);
      insertSessions(connection, plan, present);
      if (many) {
        execute(connection, "SET LOCAL maintenance_work_mem = '256MB'");
        execute(connection, SessionSchema.withKeys());
      }
      connection.commit();
      connection.setAutoCommit(true);
      execute(connection, "VACUUM ANALYZE platform.users");
      execute(connection, "VACUUM ANALYZE platform.user_sessions");
    } catch (SQLException e) {
      throw new IllegalStateException("the rows could not be inserted: " + e.getMessage(), e);
    }
    return plan.made();
  }

  private SessionSeed with(Shares changed) {
    return new SessionSeed(seed, users, sessions, changed, now);
  }

  private Plan plan() {
    return Plan.of(users, sessions, shares);
  }

  private OffsetDateTime present(Connection connection) throws SQLException {
    return (now.isPresent() ? now.get() : Sql.now(connection)).atOffset(ZoneOffset.UTC);
  }

  private void insertUsers(Connection connection, Plan plan, OffsetDateTime present)
      throws SQLException {
    try (var insert = connection.prepareStatement(SeedSql.USERS)) {
      insert.setLong(1, seed);
      insert.setObject(2, present);
      insert.setInt(3, plan.bannedUsers());
      insert.setInt(4, plan.deletedUsers());
      insert.setInt(5, users);
      insert.executeUpdate();
    }
  }

  private void insertSessions(Connection connection, Plan plan, OffsetDateTime present)
      throws SQLException {
    var made = plan.made();
    try (var insert = connection.prepareStatement(SeedSql.SESSIONS)) {
      insert.setLong(1, seed);
      insert.setObject(2, present);
      insert.setInt(3, made.expired());
      insert.setInt(4, made.banned());
      insert.setInt(5, made.deleted());
      insert.setInt(6, made.idle());
      insert.setInt(7, plan.bannedUsers());
      insert.setInt(8, plan.deletedUsers());
      insert.setInt(9, users);
      insert.setInt(10, sessions);
      insert.executeUpdate();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The kind of a session: eligible, or the first reason why not.
  public enum Kind {
    EXPIRED,
    BANNED,
    DELETED,
    IDLE,
    ELIGIBLE
  }

  private record Shares(double expired, double banned, double deleted, double idle) {

    private Shares {
      if (Math.min(Math.min(expired, banned), Math.min(deleted, idle)) < 0
          || expired + banned + deleted + idle > 1) {
        throw new IllegalArgumentException("shares must be 0 to 1, also in sum");
      }
    }
  }

  /// The numbers of rows by kind: users in the order banned, deleted, others; sessions by rank,
  /// which distributes the kinds evenly.
  private record Plan(int bannedUsers, int deletedUsers, SeededSessions made) {

    private static final long SCATTER = 2_654_435_761L;

    static Plan of(int users, int sessions, Shares shares) {
      int bannedUsers = some(users, shares.banned);
      int deletedUsers = some(users, shares.deleted);
      if (users <= bannedUsers + deletedUsers) {
        throw new IllegalArgumentException(users + " users are too few for all kinds of sessions");
      }
      int expired = portion(sessions, shares.expired);
      int banned = portion(sessions, shares.banned);
      int deleted = portion(sessions, shares.deleted);
      int idle = portion(sessions, shares.idle);
      int eligible = sessions - expired - banned - deleted - idle;
      return new Plan(
          bannedUsers,
          deletedUsers,
          new SeededSessions(users, sessions, eligible, expired, banned, deleted, idle));
    }

    Kind kindOf(long i) {
      var rank = i * SCATTER % made.sessions();
      if (rank < made.expired()) {
        return Kind.EXPIRED;
      }
      if (rank < made.expired() + made.banned()) {
        return Kind.BANNED;
      }
      if (rank < made.expired() + made.banned() + made.deleted()) {
        return Kind.DELETED;
      }
      return rank < made.sessions() - made.eligible() ? Kind.IDLE : Kind.ELIGIBLE;
    }

    private static int portion(int whole, double share) {
      return (int) Math.floor(whole * share + 1e-6);
    }

    private static int some(int users, double share) {
      return share == 0 ? 0 : Math.max(1, portion(users, share));
    }
  }
}
