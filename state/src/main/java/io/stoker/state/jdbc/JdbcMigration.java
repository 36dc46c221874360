package io.stoker.state.jdbc;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.TextRules;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/// Migrates a warmer's tables with Flyway, independently of other warmers' in the same database.
final class JdbcMigration {

  private JdbcMigration() {}

  /// @param tables the tables to migrate
  /// @param dialect the folder of the scripts, `sqlite` or `postgres`
  /// @param schema the schema of the tables; null for the default one
  static void run(DataSource dataSource, JdbcSchema tables, String dialect, @Nullable String schema)
      throws SQLException {
    try {
      var flyway =
          Flyway.configure(JdbcMigration.class.getClassLoader())
              .dataSource(dataSource)
              .locations("classpath:" + tables.scripts(dialect))
              .table(tables.history())
              // Tables of other warmers may exist; anything else must not.
              .baselineOnMigrate(isOurs(dataSource, schema))
              .baselineVersion("0")
              // An older version must not touch the database of a newer one.
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

  /// Whether any warmer has tables there.
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
