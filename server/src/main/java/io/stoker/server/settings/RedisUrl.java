package io.stoker.server.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Time;
import io.stoker.answers.SharedAnswerCache;
import io.stoker.answers.WakeSignal;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.RedisSessions;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

/// The address and login of a Redis. `toString` does not show the password. Immutable.
///
/// Accepts `redis://user:password@host:port/database`, where everything but the host is optional;
/// `rediss://` for TLS, with hostname verification against the JVM's trust store; and a list
/// `redis://host:port,host:port` for a cluster. User and password may be percent-encoded, and a
/// comma in them must be.
public final class RedisUrl {

  private static final String FORM = "expected redis://:password@host:6379, got ";

  private static final Pattern LOCAL = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

  private static final Pattern NODE =
      Pattern.compile(
          "\\A(?:(?<scheme>rediss?)://)?(?:(?<login>.*)@)?"
              + "(?<host>[^@:/?#\\[\\]]+|\\[[0-9a-fA-F:.%]+])(?::(?<port>\\d{1,5}))?"
              + "(?:/(?<database>\\d{0,4}))?(?:\\?.*)?");

  private static final int PORT = 6379;
  private static final int LAST_PORT = 65_535;
  private static final int POOL_SIZE = 16;
  private static final int TIMEOUT_MILLIS = 1000;
  private static final int TIER_TIMEOUT_MILLIS = 100;

  private final List<Node> nodes;

  private RedisUrl(List<Node> nodes) {
    this.nodes = nodes;
  }

  /// One node of the list. Contains the password, so never log it.
  private record Node(
      boolean tls,
      @Nullable String user,
      @Nullable String password,
      String host,
      int port,
      int database) {}

  /// @throws InvalidValueException whose message does not quote the text
  static RedisUrl parse(String text) {
    if (!text.startsWith("redis://") && !text.startsWith("rediss://")) {
      int end = text.indexOf("://");
      throw bad(end < 0 ? "something without redis://" : text.substring(0, end) + "://...");
    }
    var url = new RedisUrl(Arrays.stream(text.split(",", -1)).map(RedisUrl::node).toList());
    if (url.isCluster() && url.database() != 0) {
      throw bad("a cluster with database " + url.database() + ", and clusters only have 0");
    }
    return url;
  }

  private static Node node(String text) {
    var parts = NODE.matcher(text.strip());
    if (!parts.matches()) {
      throw bad("a URL whose host, port or database cannot be read");
    }
    int port = number(parts.group("port"), PORT);
    if (port < 1 || port > LAST_PORT) {
      throw bad("a URL with port " + port);
    }
    var login = parts.group("login");
    int colon = login == null ? -1 : login.indexOf(':');
    return new Node(
        "rediss".equals(parts.group("scheme")),
        login == null || colon < 1 ? null : decoded(login.substring(0, colon)),
        login == null ? null : decoded(login.substring(colon + 1)),
        parts.group("host"),
        port,
        number(parts.group("database"), 0));
  }

  private static int number(@Nullable String digits, int ifNone) {
    return digits == null || digits.isEmpty() ? ifNone : Integer.parseInt(digits);
  }

  /// As [URLDecoder], but a plus stays a plus.
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException _) {
      throw bad("a user or password with a % that is not followed by two hexadecimal digits");
    }
  }

  private static InvalidValueException bad(String got) {
    return new InvalidValueException("REDIS_URL", FORM + got);
  }

  /// Whether every node has a password or is on this machine.
  public boolean isProtected() {
    return nodes.stream()
        .allMatch(node -> node.password() != null || LOCAL.matcher(node.host()).matches());
  }

  private boolean isCluster() {
    return nodes.size() > 1;
  }

  private Set<HostAndPort> hosts() {
    return nodes.stream()
        .map(node -> new HostAndPort(node.host(), node.port()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private boolean tls() {
    return nodes.stream().anyMatch(Node::tls);
  }

  private int database() {
    return nodes.stream().mapToInt(Node::database).max().orElse(0);
  }

  /// Opens the sessions in this Redis.
  ///
  /// @param closing receives the action that closes the client
  public RedisSessions sessions(String namespace, Time time, Consumer<Runnable> closing) {
    var client = open();
    closing.accept(client::close);
    return new RedisSessions(client, namespace, RedisSessions.MAX_AGE, time);
  }

  /// Opens the channel that wakes the answer workers of all servers.
  ///
  /// @param closing receives the action that closes the client
  public WakeSignal signal(String namespace, Time time, Consumer<Runnable> closing) {
    var client = open();
    closing.accept(client::close);
    return WakeSignal.redis(client, namespace, time);
  }

  /// Opens the shared answer cache. Its timeout is short, because the state database has all
  /// answers, too.
  ///
  /// @param closing receives the action that closes the client
  public SharedAnswerCache answerCache(String namespace, Time time, Consumer<Runnable> closing) {
    var client = open(TIER_TIMEOUT_MILLIS, false);
    closing.accept(client::close);
    return SharedAnswerCache.redis(client, namespace, time);
  }

  /// Opens a client with a connection pool. Connections are opened on first use.
  public UnifiedJedis open() {
    return open(TIMEOUT_MILLIS, true);
  }

  /// @param testOnBorrow whether to ping a connection before use; otherwise each connection broken
  ///   by a restart of Redis fails one command
  private UnifiedJedis open(int timeoutMillis, boolean testOnBorrow) {
    var pool = new ConnectionPoolConfig();
    pool.setMaxTotal(POOL_SIZE);
    pool.setMaxIdle(POOL_SIZE);
    pool.setMaxWait(Duration.ofMillis(timeoutMillis));
    pool.setTestOnBorrow(testOnBorrow);
    if (isCluster()) {
      // Otherwise opening fails if the cluster is down, instead of connecting later.
      System.setProperty(RedisClusterClient.INIT_NO_ERROR_PROPERTY, "true");
      return RedisClusterClient.builder()
          .nodes(hosts())
          .clientConfig(config(timeoutMillis))
          .poolConfig(pool)
          .maxTotalRetriesDuration(Duration.ofMillis(2L * timeoutMillis))
          .build();
    }
    return RedisClient.builder()
        .hostAndPort(hosts().iterator().next())
        .clientConfig(config(timeoutMillis))
        .poolConfig(pool)
        .build();
  }

  private JedisClientConfig config(int timeoutMillis) {
    var config =
        DefaultJedisClientConfig.builder()
            .clientName("stoker")
            .connectionTimeoutMillis(timeoutMillis)
            .socketTimeoutMillis(timeoutMillis)
            .blockingSocketTimeoutMillis(0)
            .database(database());
    nodes.stream()
        .filter(node -> node.password() != null)
        .findFirst()
        .ifPresent(node -> config.user(node.user()).password(node.password()));
    if (tls()) {
      var parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      config.ssl(true).sslParameters(parameters);
    }
    return config.build();
  }

  /// Hosts and ports only.
  @Override
  public String toString() {
    return (tls() ? "rediss://" : "redis://")
        + hosts().stream().map(HostAndPort::toString).collect(Collectors.joining(","));
  }
}
