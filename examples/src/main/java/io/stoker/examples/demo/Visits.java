package io.stoker.examples.demo;

import io.stoker.testing.SessionSeed;
import io.stoker.testing.SessionSeed.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/// Simulated requests after a deploy: from all users with a live session, much more often from
/// recently active ones, and occasionally with a token that is no longer valid.
///
/// @param valid visits with a live session, newest activity first
/// @param invalid visits whose session has expired or whose user is banned or deleted
record Visits(List<Visit> valid, List<Visit> invalid) {

  /// Half of the requests come from the most recently active eighth.
  private static final int SKEW = 3;

  private static final double STALE_TOKENS = 1 / 400.0;

  private static final String TOKENS =
      "SELECT token FROM platform.user_sessions ORDER BY last_activity_at DESC";

  /// A request with a token.
  ///
  /// @param token as the client holds it
  /// @param valid whether it has a live session
  record Visit(String token, boolean valid) {}

  /// The holders of a seed's tokens.
  static Visits of(SessionSeed seed, int sessions, DataSource dataSource) {
    var visits = HashMap.<String, Visit>newHashMap(sessions);
    for (int i = 0; i < sessions; i++) {
      var kind = seed.kindOf(i);
      var valid = kind == Kind.ELIGIBLE || kind == Kind.IDLE;
      visits.put(seed.storedToken(i), new Visit(seed.rawToken(i), valid));
    }
    var byActivity = new ArrayList<Visit>(sessions);
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(TOKENS)) {
      while (rows.next()) {
        byActivity.add(visits.get(rows.getString(1)));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the seeded sessions cannot be read", e);
    }
    return new Visits(
        byActivity.stream().filter(Visit::valid).toList(),
        byActivity.stream().filter(visit -> !visit.valid()).toList());
  }

  /// Draws random visits, the same for the same `seed`.
  List<Visit> draw(int count, long seed) {
    var random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToObj(_ -> next(random)).toList();
  }

  private Visit next(SplittableRandom random) {
    if (random.nextDouble() < STALE_TOKENS) {
      return invalid.get(random.nextInt(invalid.size()));
    }
    return valid.get((int) (valid.size() * Math.pow(random.nextDouble(), SKEW)));
  }

  /// The visit with the most recent activity.
  Visit newest() {
    return valid.getFirst();
  }
}
