package io.stoker.prompts;

import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The rows of what a policy has learned.
final class JdbcLearnedCounts {

  private static final String SAVE =
      """
      INSERT INTO stoker.learned (tenant, topic, counts) VALUES (?, ?, ?)
      ON CONFLICT (tenant, topic) DO UPDATE SET counts = excluded.counts
      """;

  private static final Pattern SPACE = Pattern.compile(" ");

  /// A fixed order, so that two processes do not deadlock.
  private static final Comparator<LearnedCounts> ORDER =
      Comparator.comparing(LearnedCounts::tenant).thenComparing(LearnedCounts::topic);

  private JdbcLearnedCounts() {}

  static int[] save(JdbcConnection connection, List<LearnedCounts> parts) throws SQLException {
    return connection.batch(
        SAVE, parts.stream().sorted(ORDER).map(JdbcLearnedCounts::row).toList());
  }

  private static @Nullable Object[] row(LearnedCounts part) {
    return new @Nullable Object[] {
      JdbcPromptText.encode(part.tenant()),
      JdbcPromptText.encode(part.topic()),
      part.counts().stream().map(String::valueOf).collect(Collectors.joining(" "))
    };
  }

  static List<LearnedCounts> all(JdbcConnection connection) throws SQLException {
    return connection.list(
        "SELECT tenant, topic, counts FROM stoker.learned ORDER BY tenant, topic",
        JdbcLearnedCounts::of);
  }

  private static LearnedCounts of(ResultSet row) throws SQLException {
    return new LearnedCounts(
        JdbcPromptText.decode(row.getString(1)),
        JdbcPromptText.decode(row.getString(2)),
        counts(row.getString(3)));
  }

  private static List<Double> counts(String written) {
    return written.isEmpty()
        ? List.of()
        : SPACE.splitAsStream(written).map(Double::valueOf).toList();
  }
}
