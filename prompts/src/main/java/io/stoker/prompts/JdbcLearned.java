package io.stoker.prompts;

import io.stoker.prompts.policy.Learned;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Rows of what a policy has learned.
final class JdbcLearned {

  private static final String SAVE =
      """
      INSERT INTO stoker.learned (tenant, topic, counts) VALUES (?, ?, ?)
      ON CONFLICT (tenant, topic) DO UPDATE SET counts = excluded.counts
      """;

  private static final Pattern SPACE = Pattern.compile(" ");

  /// In this order, so that two processes do not get in each other's way.
  private static final Comparator<Learned> ORDER =
      Comparator.comparing(Learned::tenant).thenComparing(Learned::topic);

  private JdbcLearned() {}

  static int[] save(JdbcConnection connection, List<Learned> parts) throws SQLException {
    return connection.batch(SAVE, parts.stream().sorted(ORDER).map(JdbcLearned::row).toList());
  }

  private static @Nullable Object[] row(Learned part) {
    return new @Nullable Object[] {
      JdbcPromptText.in(part.tenant()),
      JdbcPromptText.in(part.topic()),
      part.counts().stream().map(String::valueOf).collect(Collectors.joining(" "))
    };
  }

  static List<Learned> all(JdbcConnection connection) throws SQLException {
    return connection.list(
        "SELECT tenant, topic, counts FROM stoker.learned ORDER BY tenant, topic", JdbcLearned::of);
  }

  private static Learned of(ResultSet row) throws SQLException {
    return new Learned(
        JdbcPromptText.out(row.getString(1)),
        JdbcPromptText.out(row.getString(2)),
        counts(row.getString(3)));
  }

  private static List<Double> counts(String written) {
    return written.isEmpty()
        ? List.of()
        : SPACE.splitAsStream(written).map(Double::valueOf).toList();
  }
}
