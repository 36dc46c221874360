package io.stoker.server.http;

import io.stoker.BackgroundLoop;
import io.stoker.Time;
import io.stoker.server.access.Caller;
import io.stoker.server.settings.HttpSettings;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/// The open connections and the callers that use them, with limits and timeouts.
///
/// A connection is in use while it carries a request, a stream or a socket of an admitted caller;
/// limits apply per caller and in total. Any other connection has a deadline: for its headers to
/// arrive, its anonymous request to be answered, or its next request to begin. When a port is full,
/// the connection with the earliest deadline is closed, so that no client can block new
/// connections, and health checks are always answered.
///
/// A connection is closed by shutting down its socket, which to Tomcat looks like a disconnect;
/// closing Tomcat's own objects would race with the thread that uses them. Thread-safe.
public final class ConnectionRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionRegistry.class);
  private static final Duration CHECK_EVERY = Duration.ofMillis(500);
  private static final Duration WARN_AT_MOST_EVERY = Duration.ofMinutes(1);

  private final HttpSettings settings;
  private final Time time;
  private final BackgroundLoop watch;

  // The rest is guarded by this object. The lock is never held during calls to other objects.
  private final Map<String, Connection> open = new HashMap<>();
  private final Map<String, Integer> inUseBy = new HashMap<>();
  private int inUse;
  private @Nullable Duration warnedAt;
  private Predicate<Caller> admits = _ -> true;

  public ConnectionRegistry(HttpSettings settings, Time time) {
    this.settings = settings;
    this.time = time;
    this.watch = BackgroundLoop.platform("stoker-connections", this::closeOverdue);
  }

  /// A connection. Guarded by the registry.
  private static final class Connection {

    private final SocketChannel socket;

    /// The keep-alive timeout: how long it may wait for the next request.
    private final Duration idle;

    /// The callers of its requests; several with HTTP/2.
    private final List<Caller> callers = new ArrayList<>();

    /// The deadline in ticks, which applies unless it is in use.
    private Duration due;

    /// Whether it was shut down. Tomcat takes a moment to notice.
    private boolean isShut;

    /// Whether a caller had lost access at the last check.
    private boolean wasRevoked;

    Connection(SocketChannel socket, Duration idle, Duration due) {
      this.socket = socket;
      this.idle = idle;
      this.due = due;
    }

    /// Whether a caller has lost access, now and at the check before. The time between leaves room
    /// for responses in progress and for a regular close of sockets.
    boolean isRevoked(Predicate<Caller> admits) {
      boolean was = wasRevoked;
      wasRevoked = callers.stream().anyMatch(admits.negate());
      return was && wasRevoked && !isShut;
    }

    boolean mayEnd() {
      return callers.isEmpty() && !isShut;
    }
  }

  /// Starts the thread that closes overdue connections.
  public void start() {
    watch.start();
  }

  /// The maximum number of connections per port.
  int maxPerPort() {
    return 2 * settings.connections();
  }

  /// Adds an open connection.
  ///
  /// @param idle the keep-alive timeout
  synchronized void opened(String id, SocketChannel socket, Duration idle) {
    open.put(id, new Connection(socket, idle, time.ticks().plus(settings.requestTimeout())));
  }

  /// Removes a closed connection.
  synchronized void closed(String id) {
    var connection = open.remove(id);
    if (connection != null) {
      connection.callers.forEach(this::release);
    }
  }

  /// Closes the connection of a port that has the earliest deadline and is not in use.
  void makeRoom(Collection<String> ofPort) {
    Connection first = null;
    synchronized (this) {
      for (var id : ofPort) {
        var connection = open.get(id);
        if (connection != null
            && connection.mayEnd()
            && (first == null || connection.due.compareTo(first.due) < 0)) {
          first = connection;
        }
      }
      if (first != null) {
        first.isShut = true;
      }
    }
    if (first != null) {
      end(first);
      warn("the oldest connections that are not in use are closed");
    }
  }

  /// Restarts the deadline when a request begins, before its caller is known.
  synchronized void begin(String id) {
    var connection = open.get(id);
    if (connection != null) {
      connection.due = time.ticks().plus(settings.requestTimeout());
    }
  }

  /// Marks a connection as used by a caller until its request ends.
  ///
  /// @throws ProblemException if too many are in use
  void use(String id, Caller caller) {
    Problem problem;
    synchronized (this) {
      var connection = open.get(id);
      problem = exceededLimit(caller);
      if (problem == null && connection != null) {
        connection.callers.add(caller);
        inUseBy.merge(caller.name(), 1, Integer::sum);
        inUse++;
      }
    }
    if (problem != null) {
      warn(problem.detail());
      throw new ProblemException(problem);
    }
  }

  private @Nullable Problem exceededLimit(Caller caller) {
    if (inUse >= settings.connections()) {
      return new Problem(
          HttpStatus.SERVICE_UNAVAILABLE,
          "busy",
          "expected at most "
              + settings.connections()
              + " requests, streams and sockets at a time, got one more (stoker.http.connections)."
              + " Try again later",
          Map.of(Problem.RETRY_AFTER, 1L));
    }
    if (!Caller.ANYBODY.equals(caller)
        && inUseBy.getOrDefault(caller.name(), 0) >= settings.connectionsPerCaller()) {
      return new Problem(
          HttpStatus.TOO_MANY_REQUESTS,
          RateLimits.CODE,
          "expected at most "
              + settings.connectionsPerCaller()
              + " requests, streams and sockets of "
              + caller.name()
              + " at a time, got one more (stoker.http.connections-per-caller). Close one first",
          Map.of(Problem.RETRY_AFTER, 1L));
    }
    return null;
  }

  /// Releases a connection when its request has ended.
  ///
  /// @param caller null if the request was anonymous
  synchronized void end(String id, @Nullable Caller caller) {
    var connection = open.get(id);
    if (connection == null) {
      return;
    }
    if (caller != null && connection.callers.remove(caller)) {
      release(caller);
    }
    connection.due = time.ticks().plus(connection.idle).plus(settings.requestTimeout());
  }

  private void release(Caller caller) {
    inUse--;
    inUseBy.computeIfPresent(caller.name(), (_, count) -> count == 1 ? null : count - 1);
  }

  /// Sets the test of which callers still have access; connections of others are closed. It has to
  /// be quick.
  synchronized void endUnless(Predicate<Caller> test) {
    admits = test;
  }

  synchronized int inUse() {
    return inUse;
  }

  private void closeOverdue() throws InterruptedException {
    time.pause(CHECK_EVERY);
    overdue().forEach(ConnectionRegistry::end);
  }

  private synchronized List<Connection> overdue() {
    var now = time.ticks();
    var overdue =
        open.values().stream()
            .filter(connection ->
                connection.isRevoked(admits)
                    || (connection.mayEnd() && connection.due.compareTo(now) <= 0))
            .toList();
    overdue.forEach(connection -> connection.isShut = true);
    return overdue;
  }

  private static void end(Connection connection) {
    try {
      connection.socket.shutdownInput();
      connection.socket.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("A connection was already closed: {}", e.toString());
    }
  }

  /// Logs a warning, at most once a minute.
  private void warn(String what) {
    var now = time.ticks();
    synchronized (this) {
      if (warnedAt != null && now.minus(warnedAt).compareTo(WARN_AT_MOST_EVERY) < 0) {
        return;
      }
      warnedAt = now;
    }
    LOG.warn("Too many connections: {}", what);
  }

  @Override
  public void close() {
    watch.close();
  }
}
