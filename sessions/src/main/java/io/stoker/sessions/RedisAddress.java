package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.providers.PooledConnectionProvider;

/// The address and login of a Redis. `toString` does not show the password. Immutable.
///
/// As a URL ([#parse(String)]), in which all but hosts, path and the primary's name may be missing:
///
/// | URL | Redis |
/// |---|---|
/// | `redis://user:password@host:6379/0` | one server |
/// | `redis://:password@host:6379,host:6379` | a cluster, by some of its nodes |
/// | `redis+sentinel://user:password@host:26379,host:26379/primary/0` | the primary that sentinels name |
/// | `unix://user:password@/path?db=0` | one server, by a socket in the file system |
///
/// With `rediss` in place of `redis` it is reached over TLS, and the host's name is verified; the
/// parameters `ca-file`, `certificate-file` and `key-file` name PEM files with the authorities to
/// trust in place of the JVM's, and with the client's certificate. The login is that of Redis; the
/// sentinels' own is in the parameters `sentinel-user` and `sentinel-password`. User, password and
/// parameters may be percent-encoded, and a comma in them must be.
public final class RedisAddress {

  private static final String FORM = "expected redis://:password@host:6379, got ";
  private static final Pattern SCHEME =
      Pattern.compile("\\A(?<scheme>redis|rediss|redis\\+sentinel|rediss\\+sentinel|unix)://.*");
  private static final Pattern NODE =
      Pattern.compile(
          "\\A(?:rediss?://)?(?:(?<login>.*)@)?(?<host>[^@:/?#\\[\\]]+|\\[[0-9a-fA-F:.%]+])"
              + "(?::(?<port>\\d{1,5}))?(?:/(?<database>\\d{0,4}))?(?:\\?(?<query>.*))?");
  private static final Pattern SENTINELS =
      Pattern.compile(
          "\\Arediss?\\+sentinel://(?:(?<login>.*)@)?(?<hosts>[^@/?]+)/(?<primary>[^@/?,]+)"
              + "(?:/(?<database>\\d{0,4}))?(?:\\?(?<query>.*))?");
  private static final Pattern SOCKET =
      Pattern.compile("\\Aunix://(?:(?<login>[^/]*)@)?(?<path>/[^?]+)(?:\\?(?<query>.*))?");
  private static final Pattern LOCAL = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");
  private static final Pattern DATABASE = Pattern.compile("\\d{1,4}");
  private static final Pattern NAME = Pattern.compile("[a-z_-]{1,30}");

  private static final Set<String> TLS = Set.of("ca-file", "certificate-file", "key-file");
  private static final Set<String> SENTINEL = Set.of("sentinel-user", "sentinel-password");

  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26_379;
  private static final int LAST_PORT = 65_535;
  private static final int POOL = 16;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final Place place;
  private final Access access;

  private RedisAddress(Place place, Access access) {
    this.place = place;
    this.access = access;
  }

  /// How to log in.
  ///
  /// @param login null if Redis wants none
  /// @param tls whether to speak TLS
  /// @param certificates makes the sockets for TLS; null for the JVM's
  public record Access(
      @Nullable Login login, int database, boolean tls, @Nullable SSLSocketFactory certificates) {}

  /// A password, and whose.
  ///
  /// @param user null for the default one
  public record Login(@Nullable String user, String password) {

    @Override
    public String toString() {
      return "a login";
    }
  }

  private sealed interface Place {
    record Server(HostAndPort server) implements Place {}

    record Cluster(List<HostAndPort> nodes) implements Place {}

    record Sentinels(List<HostAndPort> sentinels, String primary, @Nullable Login login)
        implements Place {}

    record Socket(Path path) implements Place {}
  }

  /// One server.
  public static RedisAddress server(HostAndPort server, Access access) {
    return new RedisAddress(new Place.Server(server), access);
  }

  /// A cluster, by some of its nodes.
  public static RedisAddress cluster(List<HostAndPort> nodes, Access access) {
    return new RedisAddress(new Place.Cluster(List.copyOf(nodes)), access);
  }

  /// The primary that sentinels name.
  ///
  /// @param primary the name that they watch it under
  /// @param login the sentinels' own; null if they want none
  public static RedisAddress sentinels(
      List<HostAndPort> sentinels, String primary, @Nullable Login login, Access access) {
    return new RedisAddress(new Place.Sentinels(List.copyOf(sentinels), primary, login), access);
  }

  /// The address that a URL names.
  ///
  /// @throws IllegalArgumentException with what was expected and what came, without quoting it
  public static RedisAddress parse(String url) {
    var text = url.strip();
    var scheme = SCHEME.matcher(text);
    if (!scheme.matches()) {
      int end = text.indexOf("://");
      throw bad(end < 0 ? "something without redis://" : text.substring(0, end) + "://...");
    }
    return switch (scheme.group("scheme")) {
      case "unix" -> socket(text);
      case "redis+sentinel", "rediss+sentinel" -> sentinels(text);
      default -> servers(text);
    };
  }

  private static RedisAddress servers(String text) {
    var hosts = new LinkedHashSet<HostAndPort>();
    Login login = null;
    int database = 0;
    boolean tls = false;
    var parameters = new HashMap<String, String>();
    for (var part : text.split(",", -1)) {
      var node = NODE.matcher(part.strip());
      if (!node.matches()) {
        throw bad("a URL whose host, port or database cannot be read");
      }
      hosts.add(new HostAndPort(node.group("host"), port(node.group("port"), PORT)));
      login = login == null ? login(node.group("login")) : login;
      database = Math.max(database, number(node.group("database"), 0));
      tls |= part.strip().startsWith("rediss://");
      parameters.putAll(parameters(node.group("query"), tls ? TLS : Set.of()));
    }
    if (text.contains(",") && database != 0) {
      throw bad("a cluster with database " + database + ", and clusters only have 0");
    }
    var access = access(login, database, tls, parameters);
    return text.contains(",")
        ? cluster(List.copyOf(hosts), access)
        : server(hosts.getFirst(), access);
  }

  private static RedisAddress sentinels(String text) {
    var parts = SENTINELS.matcher(text);
    if (!parts.matches()) {
      throw bad(
          "a URL of sentinels that cannot be read: expected"
              + " redis+sentinel://host:26379,host:26379/name-of-the-primary");
    }
    boolean tls = text.startsWith("rediss");
    var known = tls ? union(TLS, SENTINEL) : SENTINEL;
    var parameters = parameters(parts.group("query"), known);
    var hosts =
        Arrays.stream(parts.group("hosts").split(",", -1)).map(RedisAddress::sentinel).toList();
    var password = parameters.get("sentinel-password");
    return sentinels(
        hosts,
        decoded(parts.group("primary")),
        password == null ? null : new Login(parameters.get("sentinel-user"), password),
        access(login(parts.group("login")), number(parts.group("database"), 0), tls, parameters));
  }

  private static HostAndPort sentinel(String text) {
    var node = NODE.matcher(text.strip());
    if (!node.matches() || node.group("database") != null) {
      throw bad("a URL with a sentinel whose host or port cannot be read");
    }
    return new HostAndPort(node.group("host"), port(node.group("port"), SENTINEL_PORT));
  }

  private static RedisAddress socket(String text) {
    var parts = SOCKET.matcher(text);
    if (!parts.matches()) {
      throw bad("a URL of a socket that cannot be read: expected unix:///path?db=0");
    }
    var parameters = parameters(parts.group("query"), Set.of("db"));
    var database = parameters.getOrDefault("db", "0");
    if (!DATABASE.matcher(database).matches()) {
      throw bad("a database that is no number");
    }
    return new RedisAddress(
        new Place.Socket(Path.of(decoded(parts.group("path")))),
        access(login(parts.group("login")), Integer.parseInt(database), false, Map.of()));
  }

  private static Access access(
      @Nullable Login login, int database, boolean tls, Map<String, String> parameters) {
    var files = TLS.stream().anyMatch(parameters::containsKey);
    return new Access(
        login,
        database,
        tls,
        files
            ? RedisTls.sockets(
                parameters.get("ca-file"),
                parameters.get("certificate-file"),
                parameters.get("key-file"))
            : null);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    var union = new LinkedHashSet<>(one);
    union.addAll(other);
    return union;
  }

  private static Map<String, String> parameters(@Nullable String query, Set<String> known) {
    var parameters = new HashMap<String, String>();
    for (var pair : query == null ? new String[0] : query.split("&", -1)) {
      int end = pair.indexOf('=');
      var name = end < 0 ? "" : pair.substring(0, end);
      if (!known.contains(name)) {
        throw bad(
            (NAME.matcher(name).matches() ? "the unknown parameter " + name : "a parameter unknown")
                + (known.isEmpty()
                    ? ", and such a URL has none"
                    : ", and such a URL has only " + known.stream().sorted().toList()));
      }
      parameters.put(name, decoded(pair.substring(end + 1)));
    }
    return parameters;
  }

  private static @Nullable Login login(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int colon = text.indexOf(':');
    return new Login(
        colon < 1 ? null : decoded(text.substring(0, colon)), decoded(text.substring(colon + 1)));
  }

  private static int port(@Nullable String digits, int ifNone) {
    int port = number(digits, ifNone);
    if (port < 1 || port > LAST_PORT) {
      throw bad("a URL with port " + port);
    }
    return port;
  }

  private static int number(@Nullable String digits, int ifNone) {
    return digits == null || digits.isEmpty() ? ifNone : Integer.parseInt(digits);
  }

  /// As [URLDecoder], but a plus is a plus.
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException _) {
      throw bad("a % that is not followed by two hexadecimal digits, in a user or a password");
    }
  }

  private static IllegalArgumentException bad(String came) {
    return new IllegalArgumentException(FORM + came);
  }

  /// Whether Redis has a password or is on this machine.
  public boolean isProtected() {
    return access.login() != null
        || switch (place) {
          case Place.Server(HostAndPort server) -> isLocal(server);
          case Place.Cluster(List<HostAndPort> nodes) ->
              nodes.stream().allMatch(RedisAddress::isLocal);
          case Place.Sentinels _ -> false;
          case Place.Socket _ -> true;
        };
  }

  private static boolean isLocal(HostAndPort server) {
    return LOCAL.matcher(server.getHost()).matches();
  }

  /// Opens a pool of connections, each of them when it is first needed. What takes longer than a
  /// second fails.
  public UnifiedJedis open() {
    return open(TIMEOUT, true);
  }

  /// Opens a pool of connections with a timeout of your own.
  ///
  /// @param test whether each connection is tried before it is used, or each that a restart of
  ///   Redis broke would fail somebody once
  public UnifiedJedis open(Duration timeout, boolean test) {
    var config = config(access.login(), access.database(), timeout);
    return switch (place) {
      case Place.Cluster(List<HostAndPort> nodes) -> cluster(nodes, config, timeout);
      case Place.Server(HostAndPort server) ->
          pool(new DefaultJedisSocketFactory(server, config), config, timeout, test);
      case Place.Sentinels(List<HostAndPort> sentinels, String primary, Login login) ->
          pool(
              new RedisSentinelSockets(sentinels, primary, config(login, 0, timeout), config),
              config,
              timeout,
              test);
      case Place.Socket(Path path) ->
          pool(() -> connect(path, (int) timeout.toMillis()), config, timeout, test);
    };
  }

  private static UnixSocket connect(Path path, int timeoutMillis) {
    try {
      return UnixSocket.connect(path, timeoutMillis);
    } catch (IOException e) {
      throw new JedisConnectionException("there is no socket to connect to at " + path, e);
    }
  }

  private static UnifiedJedis pool(
      JedisSocketFactory sockets, JedisClientConfig config, Duration timeout, boolean test) {
    var factory = new RedisConnectionFactory(sockets, config);
    return RedisClient.builder()
        .hostAndPort("unused", PORT) // the builder wants one, and the provider below decides
        .clientConfig(config)
        .connectionProvider(new PooledConnectionProvider(factory, poolConfig(timeout, test)))
        .build();
  }

  /// A cluster's client tries again by itself, often enough to use up all connections that were
  /// broken; so they need not be tried before, which the client could only do by PING.
  private static UnifiedJedis cluster(
      List<HostAndPort> nodes, JedisClientConfig config, Duration timeout) {
    // Else a cluster that is down now could never be talked to later.
    System.setProperty(RedisClusterClient.INIT_NO_ERROR_PROPERTY, "true");
    return RedisClusterClient.builder()
        .nodes(new LinkedHashSet<>(nodes))
        .clientConfig(config)
        .poolConfig(poolConfig(timeout, false))
        .maxAttempts(POOL + RedisClusterClient.DEFAULT_MAX_ATTEMPTS)
        .maxTotalRetriesDuration(timeout.multipliedBy(2))
        .build();
  }

  private static ConnectionPoolConfig poolConfig(Duration timeout, boolean test) {
    var pool = new ConnectionPoolConfig();
    pool.setMaxTotal(POOL);
    pool.setMaxIdle(POOL);
    pool.setMaxWait(timeout);
    pool.setTestOnBorrow(test);
    return pool;
  }

  private JedisClientConfig config(@Nullable Login login, int database, Duration timeout) {
    int millis = (int) timeout.toMillis();
    var config =
        DefaultJedisClientConfig.builder()
            .clientName("stoker")
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .blockingSocketTimeoutMillis(0)
            .database(database);
    if (login != null) {
      config.user(login.user()).password(login.password());
    }
    if (access.tls()) {
      var parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      config.ssl(true).sslParameters(parameters);
      if (access.certificates() != null) {
        config.sslSocketFactory(access.certificates());
      }
    }
    return config.build();
  }

  /// Hosts and ports, names and paths only.
  @Override
  public String toString() {
    var scheme = access.tls() ? "rediss" : "redis";
    return switch (place) {
      case Place.Server(HostAndPort server) -> scheme + "://" + server;
      case Place.Cluster(List<HostAndPort> nodes) -> scheme + "://" + list(nodes);
      case Place.Sentinels(List<HostAndPort> sentinels, String primary, _) ->
          scheme + "+sentinel://" + list(sentinels) + "/" + primary;
      case Place.Socket(Path path) -> "unix://" + path;
    };
  }

  private static String list(List<HostAndPort> nodes) {
    return nodes.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
  }
}
