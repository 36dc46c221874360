package io.stoker.server.doctor;

import io.stoker.PgBouncerErrors;
import io.stoker.server.DataFolder;
import io.stoker.server.doctor.Doctor.Check;
import io.stoker.server.settings.AnswerSettingsKeys;
import io.stoker.server.settings.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// Checks the state database: a data folder with SQLite, or a Postgres. Read-only. Thread-safe.
final class StateDatabaseChecks {

  private static final String FOLDER = "data folder";
  private static final String STATE = "state database";
  private static final String DISK_ADVICE =
      "Check whether the disk is overloaded, or another process locks the file";
  private static final long MEGABYTE = 1 << 20;
  private static final long LOW_SPACE = 1024 * MEGABYTE;
  private static final long NO_SPACE = 64 * MEGABYTE;

  /// The size up to which the whole file is checked. This takes seconds: a file on a slow disk may
  /// exceed the time of a check.
  private static final long QUICK_CHECK_LIMIT = 512 * MEGABYTE;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final AnswerSettingsKeys setup;

  StateDatabaseChecks(AnswerSettingsKeys setup) {
    this.setup = setup;
  }

  List<Check> all() {
    var folder = Path.of(setup.data()).toAbsolutePath().normalize();
    return setup.databaseUrl() == null || setup.databaseUrl().isBlank()
        ? List.of(
            new Check(FOLDER, DISK_ADVICE, () -> List.of(folder(folder))),
            new Check(STATE, DISK_ADVICE, () -> sqlite(folder.resolve("stoker.db"))))
        : List.of(new Check(STATE, () -> postgres(setup.requireDatabase())));
  }

  // --- a folder ---

  private static CheckResult folder(Path folder) throws IOException {
    var existing = folder;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      return CheckResult.fail(
          FOLDER,
          existing + " is not a folder that this user can write to",
          "Make this user its owner, or set STOKER_ANSWERS_DATA to another folder");
    }
    long free = Files.getFileStore(existing).getUsableSpace();
    var detail =
        folder + (existing.equals(folder) ? "" : " will be created") + ", " + megabytes(free);
    if (free < LOW_SPACE) {
      var advice = "Free up space on that disk";
      return free < NO_SPACE
          ? CheckResult.fail(FOLDER, detail, advice)
          : CheckResult.warn(FOLDER, detail, advice);
    }
    return CheckResult.ok(
        FOLDER,
        detail
            + DataFolder.holder(folder)
                .map(process -> ", in use by a running server (process " + process + ")")
                .orElse(""));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%d MB free", bytes / MEGABYTE);
  }

  private static List<CheckResult> sqlite(Path file) throws IOException, SQLException {
    if (!Files.exists(file)) {
      return List.of(CheckResult.ok(STATE, "none yet; the first start creates " + file));
    }
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout((int) TIMEOUT.toMillis());
    var dataSource = new SQLiteDataSource(config);
    dataSource.setUrl("jdbc:sqlite:" + file);
    long bytes = Files.size(file);
    var size = bytes / MEGABYTE + " MB";
    try (var connection = dataSource.getConnection()) {
      var result = bytes > QUICK_CHECK_LIMIT ? "ok" : query(connection, "PRAGMA quick_check(1)");
      if (!result.equals("ok")) {
        return List.of(broken(file, result));
      }
    } catch (SQLException e) {
      return List.of(broken(file, Doctor.oneLine(e)));
    }
    var how = bytes > QUICK_CHECK_LIMIT ? "too large for an integrity check here" : "intact";
    var results = new ArrayList<CheckResult>();
    results.add(CheckResult.ok(STATE, "SQLite, " + file + ", " + size + ", " + how));
    results.add(tables(dataSource, "sqlite", null));
    return results;
  }

  private static CheckResult broken(Path file, String problem) {
    return CheckResult.fail(
        STATE,
        file + " cannot be read: " + problem,
        "Check its permissions; if it is damaged, restore a backup (docs/operations.md, Backing up)");
  }

  // --- Postgres ---

  private static List<CheckResult> postgres(DatabaseUrl url) {
    var dataSource = url.dataSource(TIMEOUT);
    var results = new ArrayList<CheckResult>();
    try (var connection = dataSource.getConnection()) {
      results.add(
          CheckResult.ok(
              STATE,
              "Postgres "
                  + query(connection, "SELECT current_setting('server_version')")
                  + " at "
                  + url));
      if (query(connection, "SELECT pg_is_in_recovery()").equals("t")) {
        results.add(
            CheckResult.fail(STATE, "it is a read-only replica", "Use the address of the primary"));
        return results;
      }
      boolean hasSchema = !query(connection, "SELECT to_regnamespace('stoker')").isEmpty();
      var canCreate =
          hasSchema
              ? "SELECT has_schema_privilege('stoker', 'CREATE')"
              : "SELECT has_database_privilege(current_database(), 'CREATE')";
      if (!query(connection, canCreate).equals("t")) {
        results.add(
            CheckResult.fail(
                STATE,
                hasSchema
                    ? "the role may not create tables in the schema stoker"
                    : "there is no schema stoker, and the role may not create one",
                "Run CREATE SCHEMA stoker AUTHORIZATION that role, or make the role its owner"));
        return results;
      }
      results.add(
          hasSchema
              ? tables(dataSource, "postgres", "stoker")
              : CheckResult.ok("tables", "none yet; the first start creates them"));
      return results;
    } catch (SQLException e) {
      results.add(
          CheckResult.fail(
              STATE,
              "Postgres at " + url + ": " + Doctor.oneLine(e),
              PgBouncerErrors.remedy(e.getMessage())
                  .orElse(
                      "Check STOKER_ANSWERS_DATABASE_URL, and that Postgres runs and lets this host"
                          + " in")));
      return results;
    }
  }

  // --- tables ---

  /// Whether this version of Stoker can use the tables.
  private static CheckResult tables(
      DataSource dataSource, String dialect, @Nullable String schema) {
    var versions = new ArrayList<String>();
    boolean pending = false;
    for (var warmer : List.of("answers", "prompts", "access")) {
      try {
        var known = history(dataSource, warmer, dialect, schema);
        var state = state(known);
        if (state != null) {
          return state;
        }
        pending |= Arrays.stream(known).anyMatch(one -> !one.getState().isApplied());
        versions.add(warmer + " " + version(known));
      } catch (FlywayException e) {
        return CheckResult.fail("tables", Doctor.oneLine(e), "See UPGRADING.md");
      }
    }
    var detail = String.join(", ", versions);
    return CheckResult.ok("tables", detail + (pending ? "; the next start migrates them" : ""));
  }

  private static @Nullable CheckResult state(MigrationInfo[] known) {
    for (var one : known) {
      if (one.getState().isFailed()) {
        return CheckResult.fail(
            "tables",
            "the migration " + one.getScript() + " failed",
            "Restore a backup (docs/operations.md, Backing up)");
      }
      if (one.getState().isApplied() && !one.getState().isResolved()) {
        return CheckResult.fail(
            "tables",
            "a newer version of Stoker has changed them (" + one.getDescription() + ")",
            "Use that version, or restore a backup from before");
      }
    }
    return null;
  }

  private static String version(MigrationInfo[] known) {
    return Arrays.stream(known)
        .filter(one -> one.getState().isApplied() && one.getVersion() != null)
        .reduce((_, last) -> last)
        .map(last -> "version " + last.getVersion())
        .orElse("none yet");
  }

  private static MigrationInfo[] history(
      DataSource dataSource, String warmer, String dialect, @Nullable String schema) {
    var flyway =
        Flyway.configure(StateDatabaseChecks.class.getClassLoader())
            .dataSource(dataSource)
            .locations("classpath:io/stoker/" + warmer + "/" + dialect)
            .table("stoker_" + warmer + "_history");
    if (schema != null) {
      flyway.schemas(schema).defaultSchema(schema);
    }
    return flyway.load().info().all();
  }

  /// The first value of the first row, as text; empty if it is null.
  private static String query(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      var text = rows.getString(1);
      return text == null ? "" : text;
    }
  }
}
