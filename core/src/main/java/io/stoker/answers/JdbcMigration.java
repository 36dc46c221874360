package io.stoker.answers;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/// Brings a database's tables up to date.
final class JdbcMigration {

  private static final String HISTORY = "stoker_schema_history";

  private JdbcMigration() {}

  /// @param folder where the scripts are, beside this class
  /// @param schema what to create the tables in; null for wherever they go by themselves
  static void run(DataSource dataSource, String folder, @Nullable String schema)
      throws SQLException {
    try {
      var flyway =
          Flyway.configure(JdbcMigration.class.getClassLoader())
              .dataSource(dataSource)
              .locations("classpath:io/stoker/answers/" + folder)
              .table(HISTORY)
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

  static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ").replaceAll("[.\\s]+$", "");
  }
}
