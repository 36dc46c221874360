package io.stoker.server.doctor;

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

/// Whether there is a place for what must survive a restart. Changes nothing there. Thread-safe.
final class StateDatabaseChecks {

  private static final String FOLDER = "data folder";
  private static final String STATE = "state database";
  private static final long MEGABYTE = 1 << 20;
  private static final long TIGHT = 1024 * MEGABYTE;
  private static final long FULL = 64 * MEGABYTE;

  /// A file above this is not read from end to end.
  private static final long LONG = 512 * MEGABYTE;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final AnswerSettingsKeys setup;

  StateDatabaseChecks(AnswerSettingsKeys setup) {
    this.setup = setup;
  }

  List<Check> all() {
    var folder = Path.of(setup.data()).toAbsolutePath().normalize();
    return setup.databaseUrl() == null || setup.databaseUrl().isBlank()
        ? List.of(
            new Check(FOLDER, () -> List.of(folder(folder))),
            new Check(STATE, () -> sqlite(folder.resolve("stoker.db"))))
        : List.of(new Check(STATE, () -> postgres(setup.requireDatabase())));
  }

  // --- a folder ---

  private static CheckResult folder(Path folder) throws IOException {
    var there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      return CheckResult.fail(
          FOLDER,
          there + " is no folder that this user can write to",
          "Give it to this user, or set STOKER_ANSWERS_DATA to another folder");
    }
    long free = Files.getFileStore(there).getUsableSpace();
    var detail = folder + (there.equals(folder) ? "" : " will be made") + ", " + megabytes(free);
    if (free < TIGHT) {
      var advice = "Make room on that disk";
      return free < FULL
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
      return List.of(CheckResult.ok(STATE, "none yet; the first start makes " + file));
    }
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout((int) PATIENCE.toMillis());
    var dataSource = new SQLiteDataSource(config);
    dataSource.setUrl("jdbc:sqlite:" + file);
    long bytes = Files.size(file);
    var size = bytes / MEGABYTE + " MB";
    try (var connection = dataSource.getConnection()) {
      var said = bytes > LONG ? "ok" : ask(connection, "PRAGMA quick_check(1)");
      if (!said.equals("ok")) {
        return List.of(broken(file, said));
      }
    } catch (SQLException e) {
      return List.of(broken(file, Doctor.oneLine(e)));
    }
    var how = bytes > LONG ? "too large to be read from end to end here" : "whole";
    var findings = new ArrayList<CheckResult>();
    findings.add(CheckResult.ok(STATE, "SQLite, " + file + ", " + size + ", " + how));
    findings.add(tables(dataSource, "sqlite", null));
    return findings;
  }

  private static CheckResult broken(Path file, String said) {
    return CheckResult.fail(
        STATE,
        file + " cannot be read: " + said,
        "Look who may read it; if it is damaged, put back a copy (docs/operations.md, Backing up)");
  }

  // --- Postgres ---

  private static List<CheckResult> postgres(DatabaseUrl url) {
    var dataSource = url.dataSource(PATIENCE);
    var findings = new ArrayList<CheckResult>();
    try (var connection = dataSource.getConnection()) {
      findings.add(
          CheckResult.ok(
              STATE,
              "Postgres "
                  + ask(connection, "SELECT current_setting('server_version')")
                  + " at "
                  + url));
      if (ask(connection, "SELECT pg_is_in_recovery()").equals("t")) {
        findings.add(
            CheckResult.fail(STATE, "it is a read-only replica", "Use the address of the primary"));
        return findings;
      }
      boolean there = !ask(connection, "SELECT to_regnamespace('stoker')").isEmpty();
      var may =
          there
              ? "SELECT has_schema_privilege('stoker', 'CREATE')"
              : "SELECT has_database_privilege(current_database(), 'CREATE')";
      if (!ask(connection, may).equals("t")) {
        findings.add(
            CheckResult.fail(
                STATE,
                there
                    ? "the role may not make tables in the schema stoker"
                    : "there is no schema stoker, and the role may not make one",
                "Run CREATE SCHEMA stoker AUTHORIZATION that role, or let the role own it"));
        return findings;
      }
      findings.add(
          there
              ? tables(dataSource, "postgres", "stoker")
              : CheckResult.ok("tables", "none yet; the first start makes them"));
      return findings;
    } catch (SQLException e) {
      findings.add(
          CheckResult.fail(
              STATE,
              "Postgres at " + url + ": " + Doctor.oneLine(e),
              "Check STOKER_ANSWERS_DATABASE_URL, and that Postgres runs and lets this host in"));
      return findings;
    }
  }

  // --- tables ---

  /// Whether the tables are of this version.
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
    return CheckResult.ok(
        "tables", detail + (pending ? "; the next start brings them up to date" : ""));
  }

  private static @Nullable CheckResult state(MigrationInfo[] known) {
    for (var one : known) {
      if (one.getState().isFailed()) {
        return CheckResult.fail(
            "tables",
            "the migration " + one.getScript() + " broke off",
            "Put back a copy (docs/operations.md, Backing up)");
      }
      if (one.getState().isApplied() && !one.getState().isResolved()) {
        return CheckResult.fail(
            "tables",
            "a newer version of Stoker has changed them (" + one.getDescription() + ")",
            "Use that version, or put back a copy from before");
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
  private static String ask(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      var text = rows.getString(1);
      return text == null ? "" : text;
    }
  }
}
