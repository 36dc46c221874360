package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.commands.ProtocolCommand;

/// All that a server keeps: the tables of its file, and its Redis. Confined to one thread.
final class StoredState implements AutoCloseable {

  private static final ProtocolCommand DEBUG = () -> "DEBUG".getBytes(UTF_8);

  private final Connection sqlite;
  private final Jedis redis;

  /// @param file the server's
  /// @param redis is closed with this
  StoredState(Path file, Jedis redis) {
    this.redis = redis;
    try {
      this.sqlite = DriverManager.getConnection("jdbc:sqlite:" + file);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A number that differs from an earlier one if anything was written meanwhile. Cheap.
  long version() {
    var changes =
        redis
            .info("persistence")
            .lines()
            .filter(line -> line.startsWith("rdb_changes_since_last_save:"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElseThrow();
    try (var statement = sqlite.createStatement();
        var row = statement.executeQuery("PRAGMA data_version")) {
      return row.getLong(1) + (Long.parseLong(changes) << 32);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What there is, table by table.
  Map<String, Long> digest() {
    var all = new TreeMap<String, Long>();
    all.put("redis", crc((byte[]) redis.sendCommand(DEBUG, "DIGEST")));
    try {
      for (var table : tables()) {
        all.put(table, digest(table));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  private static long crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private Collection<String> tables() throws SQLException {
    var names = new ArrayList<String>();
    try (var statement = sqlite.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  /// The sum over its rows, in whatever order.
  private long digest(String table) throws SQLException {
    long sum = 0;
    try (var statement = sqlite.createStatement();
        var rows = statement.executeQuery("SELECT * FROM \"" + table + '"')) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(rows.getString(i)).append('\n');
        }
        sum += crc(row.toString().getBytes(UTF_8)) * 31 + 1;
      }
    }
    return sum;
  }

  @Override
  public void close() {
    redis.close();
    try {
      sqlite.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
