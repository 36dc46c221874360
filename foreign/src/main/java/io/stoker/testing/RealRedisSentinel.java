package io.stoker.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// A real primary of Redis with a replica, and a sentinel that makes the replica the primary when
/// the primary has not answered for half a second. Thread-safe.
public final class RealRedisSentinel implements AutoCloseable {

  /// The name of the primary.
  public static final String NAME = "main";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String password;
  private final RealRedis primary;
  private final RealRedis replica;
  private final int port = Ports.free();
  private final RedisProcess sentinel;

  private RealRedisSentinel(String password) {
    this.password = password;
    this.primary = server(RealRedis.builder());
    this.replica = server(RealRedis.builder().replicaOf(primary));
    this.sentinel = RedisProcess.sentinel(configuration());
    Polling.until("the sentinel knows the replica", PATIENCE, this::knowsReplica);
  }

  /// Starts all three.
  ///
  /// @param password what clients of the servers have to give; empty for nothing
  public static RealRedisSentinel start(String password) {
    return new RealRedisSentinel(password);
  }

  private RealRedis server(RealRedis.Builder builder) {
    return password.isEmpty()
        ? builder.start()
        : builder.password(password).setting("masterauth", password).start();
  }

  private List<String> configuration() {
    var lines =
        new ArrayList<>(
            List.of(
                "port " + port,
                "bind 127.0.0.1",
                "sentinel monitor " + NAME + " 127.0.0.1 " + primary.port() + " 1",
                "sentinel down-after-milliseconds " + NAME + " 500",
                "sentinel failover-timeout " + NAME + " 2000"));
    if (!password.isEmpty()) {
      lines.add("sentinel auth-pass " + NAME + " \"" + password + "\"");
    }
    return lines;
  }

  private boolean knowsReplica() {
    try (var jedis = new Jedis("127.0.0.1", port)) {
      return jedis.sentinelReplicas(NAME).stream()
          .anyMatch(known -> "ok".equals(known.get("master-link-status")));
    } catch (JedisException _) {
      return false;
    }
  }

  /// As `redis+sentinel://[:password@]127.0.0.1:port/main`.
  public String url() {
    var login = password.isEmpty() ? "" : ":" + password + "@";
    return "redis+sentinel://" + login + "127.0.0.1:" + port + "/" + NAME;
  }

  /// The sentinel's port.
  public int port() {
    return port;
  }

  /// The server that was the primary at the start.
  public RealRedis primary() {
    return primary;
  }

  /// The server that was the replica at the start.
  public RealRedis replica() {
    return replica;
  }

  @Override
  public void close() {
    sentinel.end();
    replica.close();
    primary.close();
  }
}
