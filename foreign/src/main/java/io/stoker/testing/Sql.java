package io.stoker.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;

/// Runs statements of fixtures, where a failure is always a bug in the test.
final class Sql {

  private Sql() {}

  /// Runs statements, separated by semicolons, in one transaction.
  static void run(DataSource dataSource, String statements) {
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage() + " in: " + statements, e);
    }
  }

  /// The database's clock.
  static Instant now(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT now()")) {
      rows.next();
      return rows.getObject(1, OffsetDateTime.class).toInstant();
    }
  }
}
