package io.stoker.sessions;

import io.stoker.testing.RealPostgres;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.TcpProxy;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A database of its own on a real Postgres, with the tables of the standard mapping. Thread-safe.
final class SessionDatabase {

  private final RealPostgres postgres;
  private final String name;

  private SessionDatabase(RealPostgres postgres, String encoding) {
    this.postgres = postgres;
    this.name = postgres.newDatabase(encoding);
    SessionSchema.create(dataSource());
  }

  static SessionDatabase create() {
    return create("UTF8");
  }

  static SessionDatabase create(String encoding) {
    return new SessionDatabase(RealPostgres.shared(), encoding);
  }

  static SessionDatabase on(RealPostgres postgres) {
    return new SessionDatabase(postgres, "UTF8");
  }

  String name() {
    return name;
  }

  DataSource dataSource() {
    return postgres.dataSource(name);
  }

  DataSource dataSource(String user, String password) {
    return postgres.dataSource(name, user, password);
  }

  /// A proxy in front of the database's server.
  TcpProxy proxy() {
    return TcpProxy.to(postgres.port());
  }

  /// The database as it is reached through a proxy.
  DataSource through(TcpProxy proxy) {
    var dataSource = (PGSimpleDataSource) dataSource();
    dataSource.setPortNumbers(new int[] {proxy.port()});
    return dataSource;
  }

  /// Runs statements, separated by semicolons, in one transaction.
  void run(String statements) {
    try (var connection = dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage() + " in: " + statements, e);
    }
  }

  /// The first column of the first row.
  String text(String query) {
    try (var connection = dataSource().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage() + " in: " + query, e);
    }
  }

  /// How many other connections to this database there are.
  int connections() {
    return Integer.parseInt(
        text(
            "SELECT count(*) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()"));
  }
}
