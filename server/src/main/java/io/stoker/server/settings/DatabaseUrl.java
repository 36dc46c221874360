package io.stoker.server.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.ReplicationConnector;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
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

  private static final String SYSTEM_USER = System.getProperty("user.name", "postgres");

  /// libpq's variables, with the parameters that they set.
  private static final Map<String, String> VARIABLES =
      Map.of(
          "PGSSLMODE", "sslmode",
          "PGSSLROOTCERT", "sslrootcert",
          "PGSSLCERT", "sslcert",
          "PGSSLKEY", "sslkey",
          "PGAPPNAME", "application_name");

  private final String hosts;
  private final String database;
  private final Map<String, String> parameters;
  private final @Nullable String user;
  private final @Nullable String password;

  private DatabaseUrl(
      String hosts,
      String database,
      Map<String, String> parameters,
      @Nullable String user,
      @Nullable String password) {
    this.hosts = hosts;
    this.database = database;
    this.parameters = Map.copyOf(parameters);
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
    var parameters = parts.length == 1 ? "" : parts[1];
    return of(
        parts[0],
        DatabaseParameters.parse(parameters, value -> decoded(value.replace("+", "%20"))),
        null,
        null);
  }

  private static DatabaseUrl uri(String rest) {
    int at = rest.lastIndexOf('@');
    var parts = rest.substring(at + 1).split("\\?", 2);
    var parameters =
        DatabaseParameters.parse(parts.length == 1 ? "" : parts[1], DatabaseUrl::decoded);
    if (at < 0) {
      return of(parts[0], parameters, null, null);
    }
    var login = rest.substring(0, at).split(":", 2);
    return of(
        parts[0], parameters, decoded(login[0]), login.length == 1 ? null : decoded(login[1]));
  }

  /// @param place hosts, and the database after a slash, which may be missing
  private static DatabaseUrl of(
      String place,
      Map<String, String> parameters,
      @Nullable String user,
      @Nullable String password) {
    var parts = place.split("/", 2);
    if (parts[0].toLowerCase(Locale.ROOT).startsWith("%2f")) {
      throw bad("a URL with a Unix socket, which Java's driver cannot use; name a host");
    }
    return new DatabaseUrl(parts[0], parts.length == 1 ? "" : parts[1], parameters, user, password);
  }

  /// The address that libpq's variables name; null if `PGHOST` is not set, or is the folder of a
  /// Unix socket.
  ///
  /// @param variables reads an environment variable
  /// @throws InvalidValueException whose message does not quote the values
  static @Nullable DatabaseUrl ofVariables(Function<String, @Nullable String> variables) {
    var host = variables.apply("PGHOST");
    if (host == null || host.isBlank() || host.startsWith("/")) {
      return null;
    }
    var parameters = new StringJoiner("&");
    VARIABLES.forEach((variable, name) -> {
      var value = variables.apply(variable);
      if (value != null && !value.isBlank()) {
        parameters.add(name + "=" + URLEncoder.encode(value, UTF_8).replace("+", "%20"));
      }
    });
    var user = Objects.requireNonNullElse(variables.apply("PGUSER"), SYSTEM_USER);
    var database = Objects.requireNonNullElse(variables.apply("PGDATABASE"), user);
    var url =
        of(
            hosts(host.strip(), variables.apply("PGPORT"))
                + "/"
                + URLEncoder.encode(database, UTF_8).replace("+", "%20"),
            DatabaseParameters.parse(parameters.toString(), DatabaseUrl::decoded),
            user,
            variables.apply("PGPASSWORD"));
    url.requireValid();
    return url;
  }

  /// One port is for all hosts; otherwise there is one for each.
  private static String hosts(String hosts, @Nullable String ports) {
    if (ports == null || ports.isBlank()) {
      return hosts;
    }
    var host = hosts.split(",", -1);
    var port = ports.strip().split(",", -1);
    return IntStream.range(0, host.length)
        .mapToObj(i -> host[i] + ":" + port[Math.min(i, port.length - 1)])
        .collect(Collectors.joining(","));
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
    if (hosts.isEmpty() || hosts.startsWith(":")) {
      throw bad("a URL without a host");
    }
    try {
      dataSource(CONNECT_TIMEOUT);
    } catch (IllegalArgumentException _) {
      throw bad("a URL whose host, port or parameters the driver does not understand");
    }
  }

  static InvalidValueException bad(String got) {
    return new InvalidValueException("DATABASE_URL", FORM + got);
  }

  /// A data source without a pool.
  ///
  /// @param socketTimeout how long a response may take before the connection counts as dead; must
  ///   be longer than the longest query
  public PGSimpleDataSource dataSource(Duration socketTimeout) {
    var dataSource = new PGSimpleDataSource();
    // Without parameters, since the driver logs a URL that it does not understand.
    dataSource.setUrl(JDBC + hosts + "/" + database);
    set(dataSource, PGProperty.APPLICATION_NAME.getName(), "stoker");
    // Named statements belong to a session, which clients of a PgBouncer share.
    set(dataSource, PGProperty.PREPARE_THRESHOLD.getName(), "0");
    set(dataSource, PGProperty.TCP_KEEP_ALIVE.getName(), "true");
    set(dataSource, PGProperty.CONNECT_TIMEOUT.getName(), seconds(CONNECT_TIMEOUT));
    set(dataSource, PGProperty.SOCKET_TIMEOUT.getName(), seconds(socketTimeout));
    parameters.forEach((name, value) -> set(dataSource, name, value));
    if (user != null) {
      dataSource.setUser(user);
    }
    if (password != null) {
      dataSource.setPassword(password);
    }
    return dataSource;
  }

  private static String seconds(Duration duration) {
    return Long.toString(duration.toSeconds());
  }

  private static void set(PGSimpleDataSource dataSource, String name, String value) {
    try {
      dataSource.setProperty(name, value);
    } catch (SQLException | IllegalArgumentException _) {
      // The message may quote the value.
      throw bad(
          "a URL whose parameter " + name + " has a value that the driver does not understand");
    }
  }

  /// Opens connections that stream changes.
  ///
  /// @param patience as of [#dataSource(Duration)]
  public ReplicationConnector replication(Duration patience) {
    var dataSource = dataSource(patience);
    return ReplicationConnector.jdbc(
        dataSource.getUrl(), dataSource.getUser(), dataSource.getPassword());
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
    return "postgres://" + hosts + "/" + database;
  }
}
