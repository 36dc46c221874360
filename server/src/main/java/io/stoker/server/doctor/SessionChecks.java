package io.stoker.server.doctor;

import io.stoker.PgBouncerErrors;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.server.doctor.Doctor.Check;
import io.stoker.server.settings.DatabaseUrl;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.WireJson;
import io.stoker.sessions.FollowCheck;
import io.stoker.sessions.FollowMode;
import io.stoker.sessions.FollowSetup;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Checks that sessions can be read from Postgres, by an index and a read-only role. Thread-safe.
final class SessionChecks {

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*+");
  private static final Pattern CONVERT_TO =
      Pattern.compile("convert_to\\(([\\w.\"]++), 'UTF8'::name\\)");

  /// The key of no session, which marks the condition of a look-up in its plan.
  private static final String PROBE = "0".repeat(64);

  private static final String DATABASE = "sessions";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /// Below this number of rows, sorting without an index is fast enough.
  private static final long MANY_ROWS = 10_000;

  private final Settings settings;
  private final Time time;

  SessionChecks(Settings settings, Time time) {
    this.settings = settings;
    this.time = time;
  }

  List<Check> all() {
    return List.of(new Check(DATABASE, this::check));
  }

  private List<CheckResult> check() {
    var url = settings.databaseUrl();
    if (url == null) {
      return List.of(
          settings.redisUrl() == null
              ? CheckResult.ok(DATABASE, "are not warmed: DATABASE_URL and REDIS_URL are not set")
              : CheckResult.warn(
                  DATABASE,
                  "are not warmed: REDIS_URL is set, but DATABASE_URL is not",
                  "Set DATABASE_URL=postgres://user:password@host:5432/database"));
    }
    var results = new ArrayList<CheckResult>();
    try (var connection = url.dataSource(TIMEOUT).getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      checkServer(connection, url, results);
      var mapping = settings.mapping();
      // Throws if the SELECT fails or lacks a column.
      settings.sessions().probe(SessionSource.jdbc(url.dataSource(TIMEOUT), mapping, time));
      results.add(
          CheckResult.ok("sessions mapping", settings.sessions().mapping() + " can be read"));
      results.add(index(connection, mapping));
      if (!settings.sessions().isSpring()) {
        results.add(lookup(connection, mapping));
      }
      results.add(rights(connection, tables(plan(connection, "VERBOSE, ", all(mapping)))));
      connection.rollback();
      results.addAll(following(connection));
    } catch (SQLException e) {
      results.add(
          CheckResult.fail(
              DATABASE,
              "Postgres at " + url + ": " + Doctor.oneLine(e),
              PgBouncerErrors.remedy(e.getMessage())
                  .orElse(
                      "Check DATABASE_URL, and that Postgres is running and accepts connections from this host")));
    } catch (StokerException e) {
      results.add(CheckResult.fail("sessions mapping", e));
    }
    if (settings.redisUrl() == null) {
      results.add(
          CheckResult.warn(
              DATABASE,
              "are not warmed: DATABASE_URL is set, but REDIS_URL is not",
              "Set REDIS_URL=redis://:password@host:6379"));
    }
    return results;
  }

  /// Checks what following the tables needs.
  private List<CheckResult> following(Connection connection) throws SQLException {
    var sessions = settings.sessions();
    if (sessions.followMode() == FollowMode.OFF) {
      return List.of();
    }
    var setup = new FollowSetup(connection, sessions.followedTables(), sessions.followSettings());
    return setup.checks().stream().map(SessionChecks::following).toList();
  }

  private static CheckResult following(FollowCheck check) {
    var detail = check.name() + ": " + check.found();
    return check
        .remedy()
        .map(remedy -> CheckResult.fail("sessions follow", detail, remedy))
        .orElseGet(() -> CheckResult.ok("sessions follow", detail));
  }

  private void checkServer(Connection connection, DatabaseUrl url, List<CheckResult> results)
      throws SQLException {
    var before = time.now();
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                SELECT current_setting('server_version'), clock_timestamp(),
                       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
                """)) {
      row.next();
      var tls = row.getBoolean(3) ? ", with TLS" : ", without TLS";
      results.add(CheckResult.ok(DATABASE, "Postgres " + row.getString(1) + " at " + url + tls));
      var theirs = row.getTimestamp(2).toInstant();
      results.add(CheckResult.clock("clock of Postgres", before, theirs, time.now()));
    }
  }

  private static String all(SessionMapping mapping) {
    // The line break ends a possible comment on the last line.
    return "SELECT session.* FROM (" + mapping.sql() + "\n) AS session";
  }

  /// Whether Postgres can read the most recently active sessions by an index. With sorting
  /// disabled, the plan sorts only if there is no index.
  private static CheckResult index(Connection connection, SessionMapping mapping)
      throws SQLException {
    long rows = plan(connection, "", all(mapping)).path("Plan Rows").asLong();
    var newest = all(mapping) + " ORDER BY session.last_activity_at DESC LIMIT 1";
    try (var statement = connection.createStatement()) {
      statement.execute("SET LOCAL enable_sort = off");
      statement.execute("SET LOCAL enable_seqscan = off");
    }
    boolean sorts = !values(plan(connection, "", newest), "Sort Key").isEmpty();
    var size = "about " + rows + " rows";
    if (!sorts) {
      return CheckResult.ok("sessions index", "there is one for last_activity_at; " + size);
    }
    return rows < MANY_ROWS
        ? CheckResult.ok("sessions index", "none for last_activity_at, but only " + size)
        : CheckResult.warn(
            "sessions index",
            "none for last_activity_at, and " + size + ": each run sorts them all",
            "Run CREATE INDEX CONCURRENTLY on the column behind last_activity_at");
  }

  /// Whether a look-up finds its session by an index: every miss of the cache is such a look-up.
  /// Must come after [#index], which disables scans of whole tables.
  private static CheckResult lookup(Connection connection, SessionMapping mapping)
      throws SQLException {
    var wanted = "session.token_hash IN ('%s', upper('%1$s'))".formatted(PROBE);
    var plan = plan(connection, "VERBOSE, ", all(mapping) + " WHERE " + wanted);
    for (var node : nodes(plan)) {
      var filter = node.path("Filter").asString("");
      if (node.has("Relation Name") && filter.contains(PROBE)) {
        return unindexed(node, expression(filter));
      }
    }
    return CheckResult.ok("sessions look-up", "finds a session by an index");
  }

  private static CheckResult unindexed(JsonNode scan, String expression) {
    var alias = scan.path("Alias").asString("") + ".";
    var table =
        quoted(scan.path("Schema").asString("public"))
            + "."
            + quoted(scan.path("Relation Name").asString());
    // An index needs an expression that is immutable, which convert_to is not.
    var indexed = CONVERT_TO.matcher(expression).replaceAll("($1)::bytea").replace(alias, "");
    var change =
        indexed.equals(expression.replace(alias, ""))
            ? ""
            : "In the mapping, write COLUMN::bytea for convert_to(COLUMN, 'UTF8'), which no index"
                + " can have; then run ";
    return CheckResult.warn(
        "sessions look-up",
        "reads all of " + table + " for each session that is not cached",
        (change.isEmpty() ? "Run " : change)
            + "CREATE INDEX CONCURRENTLY ON "
            + table
            + " (("
            + indexed
            + "))");
  }

  /// What a filter compares with the key: `a.hash` of `((a.until > now()) AND (a.hash = ANY
  /// (...)))`.
  private static String expression(String filter) {
    int end = filter.lastIndexOf(" = ", filter.indexOf(PROBE));
    int start = end;
    for (int depth = 0; start > 0; start--) {
      char before = filter.charAt(start - 1);
      depth += before == ')' ? 1 : before == '(' ? -1 : 0;
      if (depth < 0) {
        break;
      }
    }
    return filter.substring(start, end);
  }

  /// Whether the role can only read, which is all that Stoker needs.
  private static CheckResult rights(Connection connection, Set<String> tables) throws SQLException {
    var writable = new ArrayList<String>();
    try (var statement =
        connection.prepareStatement(
            "SELECT has_table_privilege(?, 'INSERT, UPDATE, DELETE, TRUNCATE')")) {
      for (var table : tables) {
        statement.setString(1, table);
        try (var row = statement.executeQuery()) {
          row.next();
          if (row.getBoolean(1)) {
            writable.add(table);
          }
        }
      }
    }
    return writable.isEmpty()
        ? CheckResult.ok("sessions role", "can read and not write")
        : CheckResult.warn(
            "sessions role",
            "can write " + String.join(", ", writable) + ", though Stoker only reads",
            "Give Stoker a role of its own that is granted SELECT");
  }

  private static Set<String> tables(JsonNode plan) {
    var tables = new LinkedHashSet<String>();
    for (var node : nodes(plan)) {
      if (node.has("Relation Name") && node.has("Schema")) {
        tables.add(
            quoted(node.path("Schema").asString())
                + "."
                + quoted(node.path("Relation Name").asString()));
      }
    }
    return tables;
  }

  private static String quoted(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static List<JsonNode> values(JsonNode plan, String key) {
    return nodes(plan).stream().filter(node -> node.has(key)).map(node -> node.path(key)).toList();
  }

  private static List<JsonNode> nodes(JsonNode plan) {
    var nodes = new ArrayList<>(List.of(plan));
    plan.path("Plans").forEach(child -> nodes.addAll(nodes(child)));
    return nodes;
  }

  private static JsonNode plan(Connection connection, String options, String sql)
      throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("EXPLAIN (" + options + "FORMAT JSON) " + sql)) {
      row.next();
      return WireJson.tree(row.getString(1)).path(0).path("Plan");
    }
  }
}
