package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.sql.DataSource;

/// Generates realistic sessions for the tables of [SpringSessionSchema], inside Postgres.
///
/// Each has an idle limit of 30 minutes, a principal `user<n>@example.com` and three attributes,
/// `userId`, `locale` and `cart`, each a Java-serialized String of ASCII characters. Unexpired ones
/// were used within the last 20 minutes. Immutable.
public final class SpringSessionSeed {

  private static final String SESSIONS =
      """
      WITH given AS (SELECT ?::bigint AS seed, ?::bigint AS now, ?::int AS expired, ?::int AS sessions)
      INSERT INTO SPRING_SESSION
      SELECT md5('primary:' || seed || ':' || i)::uuid, md5('spring:' || seed || ':' || i)::uuid,
        used - (h >> 24 & 16777215), used, 1800, used + 1800000,
        'user' || (h >> 8 & 65535) % (1 + sessions / 2) || '@example.com'
      FROM given, generate_series(0, sessions - 1) AS i,
        LATERAL (SELECT hashint8extended(i, seed) AS h) AS hashed,
        LATERAL (SELECT now - 1 - (h >> 40 & 1048575)
          - CASE WHEN i::bigint * 2654435761 % sessions < expired THEN 1900000 ELSE 0 END AS used)
          AS times
      """;

  private static final String ATTRIBUTES =
      """
      WITH given AS (SELECT ?::bigint AS seed, ?::int AS sessions)
      INSERT INTO SPRING_SESSION_ATTRIBUTES
      SELECT md5('primary:' || seed || ':' || i)::uuid, name,
        '\\xaced000574'::bytea || int2send(length(value)::int2) || convert_to(value, 'UTF8')
      FROM given, generate_series(0, sessions - 1) AS i,
        LATERAL (VALUES ('userId', md5('user:' || i)::uuid::text), ('locale', 'en-GB'),
          ('cart', repeat('item-' || i || ';', 1 + i % 20))) AS attribute (name, value)
      """;

  private final long seed;
  private final int sessions;
  private final double expired;
  private final Optional<Instant> now;

  private SpringSessionSeed(long seed, int sessions, double expired, Optional<Instant> now) {
    if (expired < 0 || expired > 1) {
      throw new IllegalArgumentException("expected a share from 0 to 1, got " + expired);
    }
    this.seed = seed;
    this.sessions = sessions;
    this.expired = expired;
    this.now = now;
  }

  /// A seed of 1000 sessions, none expired, relative to the database's clock.
  public static SpringSessionSeed of(long seed) {
    return new SpringSessionSeed(seed, 1000, 0, Optional.empty());
  }

  public SpringSessionSeed sessions(int sessions) {
    return new SpringSessionSeed(seed, sessions, expired, now);
  }

  /// The share of sessions, 0 to 1, that have expired but were not yet cleaned up.
  public SpringSessionSeed expired(double share) {
    return new SpringSessionSeed(seed, sessions, share, now);
  }

  /// The instant that times of use are counted from.
  public SpringSessionSeed now(Instant now) {
    return new SpringSessionSeed(seed, sessions, expired, Optional.of(now));
  }

  /// The `SESSION_ID` of session `i`, from 0.
  public String sessionId(long i) {
    return uuid("spring:" + seed + ":" + i);
  }

  /// The `PRIMARY_ID` of session `i`, from 0.
  public String primaryId(long i) {
    return uuid("primary:" + seed + ":" + i);
  }

  /// Inserts the rows, then analyzes the tables; returns the number of unexpired sessions.
  public int into(DataSource dataSource) {
    int expiredSessions = (int) Math.floor(sessions * expired + 1e-6);
    try (var connection = dataSource.getConnection()) {
      insertSessions(connection, expiredSessions);
      insertAttributes(connection);
      try (var statement = connection.createStatement()) {
        statement.execute("ANALYZE SPRING_SESSION, SPRING_SESSION_ATTRIBUTES");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the rows could not be inserted: " + e.getMessage(), e);
    }
    return sessions - expiredSessions;
  }

  private void insertSessions(Connection connection, int expiredSessions) throws SQLException {
    try (var insert = connection.prepareStatement(SESSIONS)) {
      insert.setLong(1, seed);
      insert.setLong(2, present(connection).toEpochMilli());
      insert.setInt(3, expiredSessions);
      insert.setInt(4, sessions);
      insert.executeUpdate();
    }
  }

  private void insertAttributes(Connection connection) throws SQLException {
    try (var insert = connection.prepareStatement(ATTRIBUTES)) {
      insert.setLong(1, seed);
      insert.setInt(2, sessions);
      insert.executeUpdate();
    }
  }

  private Instant present(Connection connection) throws SQLException {
    return now.isPresent() ? now.get() : Sql.now(connection);
  }

  private static String uuid(String text) {
    try {
      var hex =
          HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
      return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
