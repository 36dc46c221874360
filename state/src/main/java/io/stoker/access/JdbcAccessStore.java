package io.stoker.access;

import io.stoker.state.jdbc.JdbcDatabase;
import io.stoker.state.jdbc.JdbcState;
import io.stoker.state.jdbc.JdbcTables;
import java.time.Instant;
import java.util.List;

/// In a SQL database. Thread-safe.
final class JdbcAccessStore implements AccessStore {

  private static final JdbcTables TABLES = new JdbcTables("access", null);

  private final JdbcDatabase database;

  JdbcAccessStore(JdbcState state) {
    this.database = state.open(TABLES);
  }

  @Override
  public List<String> tokens() {
    return database.read(
        "read the tokens",
        link -> link.list("SELECT entry FROM stoker.token ORDER BY name", row -> row.getString(1)));
  }

  @Override
  public boolean addToken(String name, String entry) {
    return database.write(
        "add the token " + name,
        link ->
            link.update(
                    "INSERT INTO stoker.token (name, entry) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    name,
                    entry)
                == 1);
  }

  @Override
  public boolean removeToken(String name) {
    return database.write(
        "revoke the token " + name,
        link -> link.update("DELETE FROM stoker.token WHERE name = ?", name) == 1);
  }

  @Override
  public void endCookie(String id, Instant until, Instant now) {
    var _ =
        database.write(
            "end a cookie",
            link -> {
              var _ = link.update("DELETE FROM stoker.ended_cookie WHERE ends_at <= ?", now);
              return link.update(
                  "INSERT INTO stoker.ended_cookie (id, ends_at) VALUES (?, ?)"
                      + " ON CONFLICT DO NOTHING",
                  id,
                  until);
            });
  }

  @Override
  public List<String> endedCookies(Instant now) {
    return database.read(
        "read which cookies were ended",
        link ->
            link.list(
                "SELECT id FROM stoker.ended_cookie WHERE ends_at > ?",
                row -> row.getString(1),
                now));
  }

  @Override
  public void close() {
    database.close();
  }
}
