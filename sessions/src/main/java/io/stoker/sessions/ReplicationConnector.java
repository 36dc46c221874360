package io.stoker.sessions;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/// Opens connections that stream a database's changes. Thread-safe.
///
/// They are no ordinary ones: a pool that hands sessions of Postgres from client to client cannot
/// carry them.
public interface ReplicationConnector {

  /// Opens a connection, which the caller closes.
  Connection connect() throws SQLException;

  /// By a URL of the Postgres JDBC driver.
  ///
  /// @param user null if the URL says it
  /// @param password null if the URL says it, or none is needed
  static ReplicationConnector jdbc(String url, @Nullable String user, @Nullable String password) {
    var properties = new Properties();
    if (user != null) {
      PGProperty.USER.set(properties, user);
    }
    if (password != null) {
      PGProperty.PASSWORD.set(properties, password);
    }
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.4");
    return () -> {
      var connection = new Driver().connect(url, properties);
      if (connection == null) {
        throw new SQLException("the URL is none of the Postgres JDBC driver");
      }
      return connection;
    };
  }
}
