package io.stoker.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Time;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/// The child JVM that runs the JDBC import.
///
/// Arguments: JDBC URL, user, password, Redis URL, commands per pipeline sync.
public final class ImportChild {

  private static final int FETCH = 1000;
  private static final long SECONDS_TO_LIVE = 300;

  private ImportChild() {}

  /// Measures, and reports to the parent.
  public static void main(String[] args) throws SQLException, IOException {
    int batch = Integer.parseInt(args[4]);
    var time = Time.system();
    try (var connection = DriverManager.getConnection(args[0], args[1], args[2]);
        var jedis = new Jedis(URI.create(args[3]))) {
      jedis.ping();
      ChildReport.print(ChildReport.BEGUN, 1);
      long processor = ChildReport.processorTime();
      var start = time.ticks();
      long bytes = copy(connection, jedis, batch);
      ChildReport.print(ChildReport.TOOK, time.ticks().minus(start));
      ChildReport.print(ChildReport.CPU, ChildReport.processorTime() - processor);
      ChildReport.printPeak();
      ChildReport.print(ChildReport.BYTES, bytes);
    }
  }

  private static long copy(Connection connection, Jedis jedis, int batch) throws SQLException {
    var json = JsonMapper.builder().build();
    connection.setAutoCommit(false); // required for the fetch size to take effect
    long bytes = 0;
    long rows = 0;
    try (var statement = connection.createStatement();
        var pipeline = jedis.pipelined()) {
      statement.setFetchSize(FETCH);
      try (var row = statement.executeQuery(BenchServers.eligible())) {
        while (row.next()) {
          var key = (BenchServers.NAMESPACE + row.getString("token_hash")).getBytes(UTF_8);
          var value = json.writeValueAsBytes(map(row));
          pipeline.set(key, value, SetParams.setParams().ex(SECONDS_TO_LIVE));
          bytes += value.length;
          if (++rows % batch == 0) {
            pipeline.sync();
          }
        }
      }
      pipeline.sync();
    }
    connection.rollback();
    return bytes;
  }

  private static Map<String, @Nullable Object> map(ResultSet row) throws SQLException {
    var about = row.getMetaData();
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 1; i <= about.getColumnCount(); i++) {
      map.put(about.getColumnLabel(i), value(row, about, i));
    }
    return map;
  }

  private static @Nullable Object value(ResultSet row, ResultSetMetaData about, int i)
      throws SQLException {
    return switch (about.getColumnTypeName(i)) {
      case "timestamptz" -> row.getObject(i, OffsetDateTime.class);
      case "jsonb" -> new RawValue(row.getString(i));
      default -> row.getString(i);
    };
  }
}
