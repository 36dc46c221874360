package io.stoker.access;

import io.stoker.state.jdbc.JdbcSchema;
import io.stoker.state.jdbc.JdbcStateDatabase;
import io.stoker.state.jdbc.JdbcTransactions;
import java.time.Instant;
import java.util.List;

/// An access store in a SQL database. Thread-safe.
final class JdbcAccessStore implements AccessStore {

  private static final JdbcSchema TABLES = new JdbcSchema("access", null);

  private final JdbcTransactions database;

  JdbcAccessStore(JdbcStateDatabase state) {
    this.database = state.open(TABLES);
  }

  @Override
  public List<String> tokens() {
    return database.read(
        "read the tokens",
        connection ->
            connection.list(
                "SELECT entry FROM stoker.token ORDER BY name", row -> row.getString(1)));
  }

  @Override
  public boolean addToken(String name, String entry) {
    return database.write(
        "add the token " + name,
        connection ->
            connection.update(
                    "INSERT INTO stoker.token (name, entry) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    name,
                    entry)
                == 1);
  }

  @Override
  public boolean removeToken(String name) {
    return database.write(
        "revoke the token " + name,
        connection -> connection.update("DELETE FROM stoker.token WHERE name = ?", name) == 1);
  }

  @Override
  public void revokeCookie(String id, Instant until, Instant now) {
    var _ =
        database.write(
            "revoke a cookie",
            connection -> {
              var _ = connection.update("DELETE FROM stoker.ended_cookie WHERE ends_at <= ?", now);
              return connection.update(
                  "INSERT INTO stoker.ended_cookie (id, ends_at) VALUES (?, ?)"
                      + " ON CONFLICT DO NOTHING",
                  id,
                  until);
            });
  }

  @Override
  public List<String> revokedCookies(Instant now) {
    return database.read(
        "read the revoked cookies",
        connection ->
            connection.list(
                "SELECT id FROM stoker.ended_cookie WHERE ends_at > ?",
                row -> row.getString(1),
                now));
  }

  @Override
  public void close() {
    database.close();
  }
}
