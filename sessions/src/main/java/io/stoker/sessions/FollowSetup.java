package io.stoker.sessions;

import io.stoker.StokerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// What Postgres needs for its changes to be followed by logical replication: checks every part,
/// and knows the SQL that puts it right. Changes nothing itself. Confined to one thread.
public final class FollowSetup {

  private static final int VERSION = 130_000;
  private static final String KEEP_SIZE = "max_slot_wal_keep_size";

  private final Connection connection;
  private final FollowedTables tables;
  private final FollowSettings settings;

  /// Checks the database behind a connection, which stays open.
  public FollowSetup(Connection connection, FollowedTables tables, FollowSettings settings) {
    this.connection = connection;
    this.tables = tables;
    this.settings = settings;
  }

  /// Checks a database.
  ///
  /// @throws StokerException if it does not answer
  public static List<FollowCheck> checks(
      DataSource dataSource, FollowedTables tables, FollowSettings settings) {
    try (var connection = dataSource.getConnection()) {
      return new FollowSetup(connection, tables, settings).checks();
    } catch (SQLException e) {
      throw SourceErrors.of("say what following needs", e);
    }
  }

  /// Every part, in the order in which they are put right.
  public List<FollowCheck> checks() throws SQLException {
    var checks = new ArrayList<FollowCheck>();
    checks.add(version());
    if (!checks.getFirst().holds()) {
      return checks;
    }
    checks.add(walLevel());
    checks.add(keepSize());
    checks.add(role());
    var known = new ArrayList<Relation>();
    table(tables.session(), checks, known);
    var user = tables.user();
    if (user != null) {
      table(user, checks, known);
    }
    for (var relation : known) {
      checks.addAll(identities(relation));
    }
    if (!known.isEmpty()) {
      checks.add(publication(known));
    }
    checks.add(slots());
    return checks;
  }

  /// The checks as a script for an administrator: what holds is a comment, what does not is SQL.
  public static String script(List<FollowCheck> checks) {
    var script = new StringBuilder();
    for (var check : checks) {
      script.append("-- ").append(check.name()).append(": ").append(check.found()).append('\n');
      if (!check.holds()) {
        script.append(check.sql().isEmpty() ? "" : check.sql() + '\n');
        script.append(check.advice().isEmpty() ? "" : "-- " + check.advice() + '\n');
      }
    }
    return script.toString();
  }

  /// Which tables the messages of the replication stream are about.
  Map<Integer, PgOutput.Followed> followed() throws SQLException {
    var followed = new LinkedHashMap<Integer, PgOutput.Followed>();
    put(RowChange.Table.SESSION, tables.session(), followed);
    var user = tables.user();
    if (user != null) {
      put(RowChange.Table.USER, user, followed);
    }
    return followed;
  }

  private void put(
      RowChange.Table which, FollowedTables.Table table, Map<Integer, PgOutput.Followed> followed)
      throws SQLException {
    var relation = relation(table);
    if (relation != null) {
      followed.put((int) relation.number, new PgOutput.Followed(which, table.column()));
    }
  }

  private FollowCheck version() throws SQLException {
    int version = Integer.parseInt(setting("server_version_num"));
    var text = "Postgres " + setting("server_version");
    return version >= VERSION
        ? FollowCheck.ok("version", text)
        : FollowCheck.missing(
            "version", text + ", expected 13 or newer", "", "Use a newer Postgres");
  }

  private FollowCheck walLevel() throws SQLException {
    var level = setting("wal_level");
    return level.equals("logical")
        ? FollowCheck.ok("wal_level", level)
        : FollowCheck.missing(
            "wal_level",
            "expected logical, got " + level,
            "ALTER SYSTEM SET wal_level = 'logical';",
            "Then restart Postgres");
  }

  /// The one thing that keeps a slot that nobody reads any more from filling the disk.
  private FollowCheck keepSize() throws SQLException {
    var size = setting(KEEP_SIZE);
    return size.startsWith("-")
        ? FollowCheck.missing(
            KEEP_SIZE,
            "expected a limit, got none: a slot that is not read any more would fill the disk",
            "ALTER SYSTEM SET " + KEEP_SIZE + " = '4GB'; SELECT pg_reload_conf();",
            "")
        : FollowCheck.ok(KEEP_SIZE, size);
  }

  private FollowCheck role() throws SQLException {
    // Amazon's managed Postgres hands replication out as membership in a role.
    var ask =
        """
        SELECT rolsuper OR rolreplication
                 OR EXISTS (SELECT FROM pg_roles
                             WHERE rolname = 'rds_replication' AND pg_has_role(oid, 'MEMBER')),
               rolname, quote_ident(rolname)
          FROM pg_roles WHERE rolname = current_user
        """;
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(ask)) {
      row.next();
      var name = row.getString(2);
      return row.getBoolean(1)
          ? FollowCheck.ok("role", name + " may replicate")
          : FollowCheck.missing(
              "role",
              name + " may not replicate",
              "ALTER ROLE " + row.getString(3) + " REPLICATION;",
              "");
    }
  }

  /// A table as Postgres knows it.
  private record Relation(FollowedTables.Table table, long number, String name) {}

  private void table(FollowedTables.Table table, List<FollowCheck> checks, List<Relation> known)
      throws SQLException {
    var relation = relation(table);
    if (relation == null) {
      checks.add(
          FollowCheck.missing(
              "table " + table.name(),
              "there is no such table with a column " + table.column(),
              "",
              "Correct the line \"-- follow:\" of the mapping"));
    } else {
      known.add(relation);
    }
  }

  private @Nullable Relation relation(FollowedTables.Table table) throws SQLException {
    var ask =
        """
        SELECT c.oid::bigint, c.oid::regclass::text
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.oid = to_regclass(?) AND c.relkind IN ('r', 'p')
           AND a.attname = ? AND a.attnum > 0 AND NOT a.attisdropped
        """;
    try (var statement = connection.prepareStatement(ask)) {
      statement.setString(1, table.name());
      statement.setString(2, table.column());
      try (var row = statement.executeQuery()) {
        return row.next() ? new Relation(table, row.getLong(1), row.getString(2)) : null;
      }
    }
  }

  /// Whether a deleted row, or one whose key changes, is reported with the key that it had: of each
  /// partition, since each has its own.
  private List<FollowCheck> identities(Relation relation) throws SQLException {
    var ask =
        """
        WITH leaf AS (
          SELECT relid::oid AS oid FROM pg_partition_tree(?::bigint::oid::regclass) WHERE isleaf
          UNION
          SELECT oid FROM pg_class WHERE oid = ?::bigint::oid AND relkind = 'r'),
        indexes AS (
          SELECT i.indrelid, i.indisprimary, i.indisreplident, quote_ident(c.relname) AS name,
                 i.indnkeyatts,
                 i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
                   AND i.indexprs IS NULL
                   AND NOT EXISTS (SELECT FROM pg_attribute a
                                    WHERE a.attrelid = i.indrelid AND NOT a.attnotnull
                                      AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
                   AS suits
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attname = ?
                               AND k.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
        SELECT c.oid::regclass::text, c.relreplident,
               c.relreplident = 'f'
                 OR EXISTS (SELECT FROM indexes i WHERE i.indrelid = c.oid
                               AND CASE c.relreplident WHEN 'd' THEN i.indisprimary
                                                       WHEN 'i' THEN i.indisreplident END),
               (SELECT i.name FROM indexes i WHERE i.indrelid = c.oid AND i.suits
                 ORDER BY i.indnkeyatts LIMIT 1)
          FROM leaf JOIN pg_class c ON c.oid = leaf.oid
         ORDER BY 1
        """;
    var checks = new ArrayList<FollowCheck>();
    try (var statement = connection.prepareStatement(ask)) {
      statement.setLong(1, relation.number);
      statement.setLong(2, relation.number);
      statement.setString(3, relation.table.column());
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          checks.add(
              identity(
                  rows.getString(1),
                  relation.table.column(),
                  rows.getBoolean(3),
                  rows.getString(4)));
        }
      }
    }
    return checks;
  }

  private static FollowCheck identity(
      String table, String key, boolean fits, @Nullable String index) {
    var name = "replica identity of " + table;
    return fits
        ? FollowCheck.ok(name, "has " + key)
        : FollowCheck.missing(
            name,
            "has no column " + key + ", so that Postgres would not say which row is gone",
            "ALTER TABLE "
                + table
                + " REPLICA IDENTITY "
                + (index == null ? "FULL" : "USING INDEX " + index)
                + ";",
            "");
  }

  private FollowCheck publication(List<Relation> known) throws SQLException {
    var name = settings.publication();
    var ask =
        """
        SELECT p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate AND p.pubviaroot,
               quote_ident(?), p.oid IS NOT NULL,
               (SELECT coalesce(array_agg((quote_ident(t.schemaname) || '.'
                                           || quote_ident(t.tablename))::regclass::oid::bigint),
                                '{}')
                  FROM pg_publication_tables t WHERE t.pubname = p.pubname)
          FROM (SELECT) AS one LEFT JOIN pg_publication p ON p.pubname = ?
        """;
    try (var statement = connection.prepareStatement(ask)) {
      statement.setString(1, name);
      statement.setString(2, name);
      try (var row = statement.executeQuery()) {
        row.next();
        var quoted = row.getString(2);
        if (!row.getBoolean(3)) {
          return FollowCheck.missing(
              "publication",
              "there is none named " + name,
              "CREATE PUBLICATION "
                  + quoted
                  + " FOR TABLE "
                  + String.join(", ", known.stream().map(Relation::name).toList())
                  + " WITH (publish_via_partition_root = true);",
              "");
        }
        if (!row.getBoolean(1)) {
          return FollowCheck.missing(
              "publication",
              name + " does not publish all changes of its tables as theirs",
              "ALTER PUBLICATION "
                  + quoted
                  + " SET (publish = 'insert, update, delete, truncate',"
                  + " publish_via_partition_root = true);",
              "");
        }
        var published = List.of((Long[]) row.getArray(4).getArray());
        var absent = known.stream().filter(table -> !published.contains(table.number)).toList();
        return absent.isEmpty()
            ? FollowCheck.ok("publication", name + " has the mapping's tables")
            : FollowCheck.missing(
                "publication",
                name + " lacks " + String.join(", ", absent.stream().map(Relation::name).toList()),
                "ALTER PUBLICATION "
                    + quoted
                    + " ADD TABLE "
                    + String.join(", ", absent.stream().map(Relation::name).toList())
                    + ";",
                "");
      }
    }
  }

  private FollowCheck slots() throws SQLException {
    var ask =
        """
        SELECT count(*) < current_setting('max_replication_slots')::int
                 OR bool_or(slot_name = ?), count(*), current_setting('max_replication_slots')
          FROM pg_replication_slots
        """;
    try (var statement = connection.prepareStatement(ask)) {
      statement.setString(1, settings.slot());
      try (var row = statement.executeQuery()) {
        row.next();
        var found = row.getLong(2) + " of " + row.getString(3) + " are in use";
        return row.getBoolean(1)
            ? FollowCheck.ok("replication slots", found)
            : FollowCheck.missing(
                "replication slots",
                found + ", expected one to be free",
                "ALTER SYSTEM SET max_replication_slots = " + (row.getLong(2) + 1) + ";",
                "Then restart Postgres");
      }
    }
  }

  private String setting(String name) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT current_setting(?)")) {
      statement.setString(1, name);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
