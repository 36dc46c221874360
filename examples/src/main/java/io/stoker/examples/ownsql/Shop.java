package io.stoker.examples.ownsql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import javax.sql.DataSource;

/// The database of a shop: 100 accounts with one login each, every tenth of them closed.
final class Shop {

  private static final int ACCOUNTS = 100;

  private static final String TABLES =
      """
      CREATE SCHEMA shop;
      CREATE TABLE shop.accounts (
        id bigint PRIMARY KEY,
        mail text NOT NULL,
        language text NOT NULL,
        closed_at timestamptz);
      CREATE TABLE shop.logins (
        jwt text NOT NULL,
        account_id bigint NOT NULL REFERENCES shop.accounts,
        valid_until timestamptz NOT NULL,
        seen_at timestamptz NOT NULL);
      CREATE INDEX logins_seen_at ON shop.logins (seen_at DESC);
      """;

  private static final String ACCOUNT =
      """
      INSERT INTO shop.accounts
      VALUES (?, 'account' || ? || '@example.com', 'en', CASE WHEN ? % 10 = 0 THEN now() END)
      """;

  private static final String LOGIN =
      "INSERT INTO shop.logins VALUES (?, ?, now() + interval '1 hour', now() - interval '1 minute')";

  private Shop() {}

  /// Creates and fills the tables.
  static void open(DataSource dataSource) {
    try (var connection = dataSource.getConnection()) {
      try (var statement = connection.createStatement()) {
        statement.execute(TABLES);
      }
      for (long account = 1; account <= ACCOUNTS; account++) {
        insert(connection, ACCOUNT, account, account, account);
        insert(connection, LOGIN, jwt(account), account);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the shop cannot be opened", e);
    }
  }

  /// The token of an account's owner: like real JWTs, all have the same prefix.
  static String jwt(long account) {
    return part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
        + "."
        + part("{\"iss\":\"https://shop.example\",\"sub\":\"" + account + "\"}")
        + "."
        + part("the signature over account " + account);
  }

  private static String part(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private static void insert(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
