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

/// Where Postgres is and how to log in there. Never shows the password. Immutable.
///
/// Understands `postgres://user:password@host:port/database?sslmode=...`, with `postgresql://` too,
/// and whatever the JDBC driver does, as `jdbc:postgresql://...`. User and password may be
/// percent-encoded; several hosts are separated by commas.
public final class DatabaseUrl {

  private static final String FORM = "expected postgres://user:password@host:5432/database, got ";

  private static final String JDBC = "jdbc:postgresql://";

  /// Three of which write, for as long as the pool is open, where it holds state.
  private static final int POOL = 7;

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /// Parameters that libpq spells in another way than the JDBC driver.
  private static final Map<String, String> SPELLINGS =
      Map.of(
          "application_name", "ApplicationName",
          "channel_binding", "channelBinding",
          "connect_timeout", "connectTimeout");

  private final String place;
  private final String parameters;
  private final @Nullable String user;
  private final @Nullable String password;

  private DatabaseUrl(
      String place, String parameters, @Nullable String user, @Nullable String password) {
    this.place = place;
    this.parameters = parameters;
    this.user = user;
    this.password = password;
  }

  /// Reads a URL.
  ///
  /// @throws InvalidValueException without quoting the text
  static DatabaseUrl parse(String text) {
    int end = text.indexOf("://");
    var scheme = text.startsWith("jdbc:") ? "jdbc" : text.substring(0, Math.max(0, end));
    var url =
        switch (scheme) {
          case "jdbc" -> jdbc(text);
          case "postgres", "postgresql" -> uri(text.substring(scheme.length() + "://".length()));
          default -> throw bad(end < 0 ? "something without ://" : scheme + "://...");
        };
    url.requireReadable();
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
          var name = SPELLINGS.getOrDefault(parts[0], parts[0]);
          return parts.length == 1 ? name : name + "=" + parts[1];
        })
        .collect(Collectors.joining("&"));
  }

  /// As [URLDecoder], but a plus is a plus.
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException _) {
      throw bad("a user or password with a % that is not followed by two hexadecimal digits");
    }
  }

  private void requireReadable() {
    if (place.isEmpty() || place.startsWith("/") || place.startsWith(":")) {
      throw bad("a URL without a host");
    }
    try {
      dataSource(CONNECT);
    } catch (IllegalArgumentException _) {
      throw bad("a URL whose host, port or parameters the driver does not understand");
    }
  }

  private static InvalidValueException bad(String came) {
    return new InvalidValueException("DATABASE_URL", FORM + came);
  }

  /// Opens a connection each time.
  ///
  /// @param patience how long an answer may take before the connection is given up for dead; longer
  ///   than the longest query
  public PGSimpleDataSource dataSource(Duration patience) {
    var dataSource = new PGSimpleDataSource();
    // What the URL itself says comes later, and wins.
    dataSource.setUrl(
        JDBC
            + place
            + "?ApplicationName=stoker&tcpKeepAlive=true&connectTimeout="
            + CONNECT.toSeconds()
            + "&socketTimeout="
            + patience.toSeconds()
            + (parameters.isEmpty() ? "" : "&" + parameters));
    if (user != null) {
      dataSource.setUser(user);
    }
    if (password != null) {
      dataSource.setPassword(password);
    }
    return dataSource;
  }

  /// Keeps a few connections open; one that cannot be had is an exception for whoever wants it, and
  /// none for whoever opens the pool.
  ///
  /// @param closing takes what is to be done at the end
  public DataSource pool(Duration patience, Consumer<Runnable> closing) {
    var config = new HikariConfig();
    config.setPoolName("stoker");
    config.setDataSource(dataSource(patience));
    config.setMaximumPoolSize(POOL);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECT.plusMillis(500).toMillis());
    config.setInitializationFailTimeout(-1);
    var pool = new HikariDataSource(config);
    closing.accept(pool::close);
    return pool;
  }

  /// The place alone.
  @Override
  public String toString() {
    return "postgres://" + place;
  }
}
