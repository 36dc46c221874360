package io.stoker.state.jdbc;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.TextRules;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/// Brings a warmer's tables up to date, whatever others are in the same database.
final class JdbcMigration {

  private JdbcMigration() {}

  /// @param tables what to bring up to date
  /// @param dialect for which of the databases
  /// @param schema what to create the tables in; null for wherever they go by themselves
  static void run(DataSource dataSource, JdbcSchema tables, String dialect, @Nullable String schema)
      throws SQLException {
    try {
      var flyway =
          Flyway.configure(JdbcMigration.class.getClassLoader())
              .dataSource(dataSource)
              .locations("classpath:" + tables.scripts(dialect))
              .table(tables.history())
              // Another warmer's tables may be there already; a stranger's must not.
              .baselineOnMigrate(isOurs(dataSource, schema))
              .baselineVersion("0")
              // A database from a newer version is not to be touched by an older one.
              .ignoreMigrationPatterns(new String[0]);
      if (schema != null) {
        flyway.schemas(schema).defaultSchema(schema);
      }
      flyway.load().migrate();
    } catch (FlywayException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SQLException database) {
          throw database;
        }
      }
      throw new StokerException(
          Code.SOURCE_REFUSED,
          "The tables do not fit this version of Stoker: "
              + oneLine(e)
              + ". Use the version that wrote them, or a newer one",
          e);
    }
  }

  /// Whether some warmer has its tables there.
  private static boolean isOurs(DataSource dataSource, @Nullable String schema)
      throws SQLException {
    try (var connection = dataSource.getConnection();
        var histories =
            connection.getMetaData().getTables(null, schema, JdbcSchema.ANY_HISTORY, null)) {
      return histories.next();
    }
  }

  static String oneLine(Exception e) {
    return TextRules.phrase(e.getMessage());
  }
}
