package io.stoker.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// A real Redis server (6.2) on a free loopback port, without persistence.
///
/// Thread-safe, except that only one thread at a time may kill, pause or restart it.
public final class RealRedis implements AutoCloseable {

  private static final Path INSTALLED = Path.of("/usr/bin/redis-server");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final int port;
  private final String password;
  private final boolean tls;
  private final List<String> options;
  private final Path program;
  private volatile RedisProcess process;

  private RealRedis(Builder builder) {
    this.port = builder.port;
    this.password = builder.password;
    this.tls = builder.tls;
    this.options = builder.options();
    this.program = builder.program == null ? RedisProcess.bundled() : builder.program;
    this.process = launch();
  }

  /// Starts a server with the default settings.
  public static RealRedis start() {
    return builder().start();
  }

  /// The server shared by all tests of this JVM; it ends with the JVM. Call [#flush()] before each
  /// test.
  public static RealRedis shared() {
    return Shared.ONE;
  }

  /// A builder for a server with other settings.
  public static Builder builder() {
    return new Builder();
  }

  /// Whether the machine has a Redis of its own, which is newer (7.0 on Debian 12).
  public static boolean isInstalled() {
    return Files.isExecutable(INSTALLED);
  }

  public int port() {
    return port;
  }

  /// As `redis://127.0.0.1:port`; with a password `redis://:password@...`, with TLS `rediss://...`.
  public String url() {
    var scheme = tls ? "rediss://" : "redis://";
    var login = password.isEmpty() ? "" : ":" + password + "@";
    return scheme + login + "127.0.0.1:" + port;
  }

  /// Whether the process exists, paused or not.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// A new connection, logged in; the caller closes it.
  public Jedis jedis() {
    var config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(5_000)
            .socketTimeoutMillis(30_000)
            .ssl(tls);
    if (tls) {
      config.sslSocketFactory(TestCertificate.shared().socketFactory());
    }
    if (!password.isEmpty()) {
      config.password(password);
    }
    return new Jedis(new HostAndPort("127.0.0.1", port), config.build());
  }

  /// Removes every key.
  public void flush() {
    try (var jedis = jedis()) {
      jedis.flushAll();
    }
  }

  /// Kills the process: connections are reset and new ones refused.
  public void kill() {
    process.end();
  }

  /// Pauses the process: connections stay open and new ones are accepted, but commands get no
  /// reply.
  public void pause() {
    process.signal("STOP");
  }

  /// Resumes a paused process.
  public void resume() {
    process.signal("CONT");
  }

  /// Restarts as an empty server on the same port.
  public void restart() {
    if (process.isAlive()) {
      process.end();
    }
    process = launch();
  }

  /// Stops the server, if it is still running.
  @Override
  public void close() {
    process.end();
  }

  private RedisProcess launch() {
    var launched = RedisProcess.start(program, options);
    try {
      Polling.until("Redis is ready", PATIENCE, () -> !launched.isAlive() || isReady());
      if (launched.isAlive()) {
        return launched;
      }
      throw new IllegalStateException("Redis ended by itself");
    } catch (IllegalStateException e) {
      var failure = new IllegalStateException("Redis did not start: " + launched.logged(), e);
      launched.end();
      throw failure;
    }
  }

  private boolean isReady() {
    try (var jedis = jedis()) {
      return !jedis.info("replication").contains("master_link_status:down");
    } catch (JedisException _) {
      return false;
    }
  }

  private static final class Shared {
    static final RealRedis ONE = start();
  }

  /// Settings of a server to start. Confined to one thread.
  public static final class Builder {

    private final List<String> extras = new ArrayList<>();
    private int port = Ports.free();
    private String password = "";
    private boolean tls;
    private @Nullable Path program;

    private Builder() {}

    /// The password that clients must give.
    public Builder password(String password) {
      this.password = password;
      return setting("requirepass", password);
    }

    /// The memory limit, such as `10mb`, and the eviction policy, such as `noeviction`.
    public Builder maxMemory(String size, String policy) {
      return setting("maxmemory", size).setting("maxmemory-policy", policy);
    }

    /// A read-only replica of a server without TLS; [#start()] waits until it is in sync.
    public Builder replicaOf(RealRedis master) {
      setting("replicaof", "127.0.0.1", Integer.toString(master.port));
      setting("replica-read-only", "yes");
      return master.password.isEmpty() ? this : setting("masterauth", master.password);
    }

    /// TLS only, with [TestCertificate]; clients need no certificate.
    public Builder tls() {
      this.tls = true;
      return this;
    }

    /// Starts the machine's own Redis in place of the bundled one.
    public Builder installed() {
      program = INSTALLED;
      return this;
    }

    /// A server setting as in `redis.conf`.
    public Builder setting(String name, String... values) {
      extras.add("--" + name);
      extras.addAll(List.of(values));
      return this;
    }

    public RealRedis start() {
      return new RealRedis(this);
    }

    /// A node of a cluster also needs the port 10,000 above its own.
    Builder clusterNode() {
      port = Ports.freeWithBus();
      return setting("cluster-enabled", "yes").setting("cluster-node-timeout", "2000");
    }

    private List<String> options() {
      var options = new ArrayList<>(List.of("--port", tls ? "0" : Integer.toString(port)));
      if (tls) {
        var certificate = TestCertificate.shared();
        options.addAll(List.of("--tls-port", Integer.toString(port)));
        options.addAll(List.of("--tls-cert-file", certificate.certificateFile().toString()));
        options.addAll(List.of("--tls-key-file", certificate.keyFile().toString()));
        options.addAll(List.of("--tls-ca-cert-file", certificate.certificateFile().toString()));
        options.addAll(List.of("--tls-auth-clients", "no"));
      }
      options.addAll(List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
      options.addAll(extras);
      return List.copyOf(options);
    }
  }
}
