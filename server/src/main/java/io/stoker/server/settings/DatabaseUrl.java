package io.stoker.server.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.stoker.server.wire.InvalidValueException;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/// The address and login of a Postgres. `toString` does not show the password. Immutable.
///
/// Accepts `postgres://user:password@host:port/database?sslmode=...`, also with `postgresql://`,
/// and the JDBC driver's `jdbc:postgresql://...`. User and password may be percent-encoded; several
/// hosts are separated by commas.
public final class DatabaseUrl {

  private static final String FORM = "expected postgres://user:password@host:5432/database, got ";

  private static final String JDBC = "jdbc:postgresql://";

  /// A state database uses three of them permanently, for writing.
  private static final int POOL_SIZE = 7;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /// Parameters by their libpq names, with the names of the JDBC driver.
  private static final Map<String, String> JDBC_NAMES =
      Map.of(
          "application_name", "ApplicationName",
          "channel_binding", "channelBinding",
          "connect_timeout", "connectTimeout");

  private final String hosts; // and the database
  private final String parameters;
  private final @Nullable String user;
  private final @Nullable String password;

  private DatabaseUrl(
      String hosts, String parameters, @Nullable String user, @Nullable String password) {
    this.hosts = hosts;
    this.parameters = parameters;
    this.user = user;
    this.password = password;
  }

  /// @throws InvalidValueException whose message does not quote the text
  static DatabaseUrl parse(String text) {
    int end = text.indexOf("://");
    var scheme = text.startsWith("jdbc:") ? "jdbc" : text.substring(0, Math.max(0, end));
    var url =
        switch (scheme) {
          case "jdbc" -> jdbc(text);
          case "postgres", "postgresql" -> uri(text.substring(scheme.length() + "://".length()));
          default -> throw bad(end < 0 ? "something without ://" : scheme + "://...");
        };
    url.requireValid();
    return url;
  }

  private static DatabaseUrl jdbc(String text) {
    if (!text.startsWith(JDBC)) {
      throw bad("a jdbc: URL that does not begin with " + JDBC);
    }
    var parts = text.substring(JDBC.length()).split("\\?", 2);
    return new DatabaseUrl(parts[0], parts.length == 1 ? "" : parts[1], null, null);
  }

  private static DatabaseUrl uri(String rest) {
    int at = rest.lastIndexOf('@');
    var parts = rest.substring(at + 1).split("\\?", 2);
    var parameters = parts.length == 1 ? "" : translated(parts[1]);
    if (at < 0) {
      return new DatabaseUrl(parts[0], parameters, null, null);
    }
    var login = rest.substring(0, at).split(":", 2);
    return new DatabaseUrl(
        parts[0], parameters, decoded(login[0]), login.length == 1 ? null : decoded(login[1]));
  }

  private static String translated(String parameters) {
    return Arrays.stream(parameters.split("&", -1))
        .map(parameter -> {
          var parts = parameter.split("=", 2);
          var name = JDBC_NAMES.getOrDefault(parts[0], parts[0]);
          return parts.length == 1 ? name : name + "=" + parts[1];
        })
        .collect(Collectors.joining("&"));
  }

  /// As [URLDecoder], but a plus stays a plus.
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException _) {
      throw bad("a user or password with a % that is not followed by two hexadecimal digits");
    }
  }

  private void requireValid() {
    if (hosts.isEmpty() || hosts.startsWith("/") || hosts.startsWith(":")) {
      throw bad("a URL without a host");
    }
    try {
      dataSource(CONNECT_TIMEOUT);
    } catch (IllegalArgumentException _) {
      throw bad("a URL whose host, port or parameters the driver does not understand");
    }
  }

  private static InvalidValueException bad(String got) {
    return new InvalidValueException("DATABASE_URL", FORM + got);
  }

  /// A data source without a pool.
  ///
  /// @param socketTimeout how long a response may take before the connection counts as dead; must
  ///   be longer than the longest query
  public PGSimpleDataSource dataSource(Duration socketTimeout) {
    var dataSource = new PGSimpleDataSource();
    // The parameters of the URL come last, and so take precedence.
    dataSource.setUrl(
        JDBC
            + hosts
            + "?ApplicationName=stoker&prepareThreshold=0&tcpKeepAlive=true&connectTimeout="
            + CONNECT_TIMEOUT.toSeconds()
            + "&socketTimeout="
            + socketTimeout.toSeconds()
            + (parameters.isEmpty() ? "" : "&" + parameters));
    if (user != null) {
      dataSource.setUser(user);
    }
    if (password != null) {
      dataSource.setPassword(password);
    }
    return dataSource;
  }

  /// Opens a connection pool. If Postgres does not answer, borrowing a connection fails, but
  /// opening the pool does not.
  ///
  /// @param closing receives the action that closes the pool
  public DataSource pool(Duration socketTimeout, Consumer<Runnable> closing) {
    var config = new HikariConfig();
    config.setPoolName("stoker");
    config.setDataSource(dataSource(socketTimeout));
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECT_TIMEOUT.plusMillis(500).toMillis());
    config.setInitializationFailTimeout(-1);
    var pool = new HikariDataSource(config);
    closing.accept(pool::close);
    return pool;
  }

  /// Hosts and database only.
  @Override
  public String toString() {
    return "postgres://" + hosts;
  }
}
