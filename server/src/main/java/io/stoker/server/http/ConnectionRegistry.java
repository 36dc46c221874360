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

/// The connections that are open, and whose requests they carry.
///
/// A connection is in use while it carries a request, a stream or a socket of a caller that was let
/// in. How many are in use is bounded, for each caller and in all. Every other connection has a
/// deadline: headers have to arrive, anonymous requests have to be answered, the next request has
/// to come. Where a port has no room, the one that is due first makes room. So nobody keeps new
/// connections out, and health is answered whatever the others do.
///
/// A connection is closed by shutting down its socket, which Tomcat then finds to have ended;
/// closing Tomcat's own objects would be a race with the thread that uses them. Thread-safe.
public final class ConnectionRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionRegistry.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final HttpSettings settings;
  private final Time time;
  private final BackgroundLoop watch;

  // What follows is guarded by this object, which nobody holds while calling others.
  private final Map<String, Connection> open = new HashMap<>();
  private final Map<String, Integer> inUseBy = new HashMap<>();
  private int inUse;
  private @Nullable Duration complained;
  private Predicate<Caller> admits = _ -> true;

  public ConnectionRegistry(HttpSettings settings, Time time) {
    this.settings = settings;
    this.time = time;
    this.watch = BackgroundLoop.platform("stoker-connections", this::closeOverdue);
  }

  /// One connection. Guarded by the registry.
  private static final class Connection {

    private final SocketChannel socket;

    /// How long it may be without a request before the next begins to arrive.
    private final Duration idle;

    /// Whose requests it carries; several with HTTP/2.
    private final List<Caller> callers = new ArrayList<>();

    /// When it ends unless it is in use, in ticks.
    private Duration due;

    /// Whether it was shut down. Tomcat takes a moment to find that out.
    private boolean isShut;

    /// Whether the last look found it to carry something of a caller who may not call any more.
    private boolean wasRevoked;

    Connection(SocketChannel socket, Duration idle, Duration due) {
      this.socket = socket;
      this.idle = idle;
      this.due = due;
    }

    /// Whether it carries something of a caller who may not call any more, and did so when it was
    /// looked at before: until then sockets can be closed with a word, and answers be sent.
    boolean isRevoked(Predicate<Caller> admits) {
      boolean was = wasRevoked;
      wasRevoked = callers.stream().anyMatch(admits.negate());
      return was && wasRevoked && !isShut;
    }

    boolean mayEnd() {
      return callers.isEmpty() && !isShut;
    }
  }

  /// Begins to close what is overdue.
  public void start() {
    watch.start();
  }

  /// How many connections Tomcat may have on a port.
  int most() {
    return 2 * settings.connections();
  }

  /// A connection was opened.
  ///
  /// @param idle how long it may be without a request
  synchronized void opened(String id, SocketChannel socket, Duration idle) {
    open.put(id, new Connection(socket, idle, time.ticks().plus(settings.requestTimeout())));
  }

  /// A connection has ended.
  synchronized void closed(String id) {
    var connection = open.remove(id);
    if (connection != null) {
      connection.callers.forEach(this::release);
    }
  }

  /// Closes the connection that is due first among those of a port that are not in use.
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
      complain("so many connections that the oldest of those that are not in use are closed");
    }
  }

  /// A request has begun, its caller not known yet.
  synchronized void begin(String id) {
    var connection = open.get(id);
    if (connection != null) {
      connection.due = time.ticks().plus(settings.requestTimeout());
    }
  }

  /// The request of a connection is one of this caller's.
  ///
  /// @throws ProblemException if there are too many
  void use(String id, Caller caller) {
    Problem problem;
    synchronized (this) {
      var connection = open.get(id);
      problem = refusal(caller);
      if (problem == null && connection != null) {
        connection.callers.add(caller);
        inUseBy.merge(caller.name(), 1, Integer::sum);
        inUse++;
      }
    }
    if (problem != null) {
      complain(problem.detail());
      throw new ProblemException(problem);
    }
  }

  private @Nullable Problem refusal(Caller caller) {
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

  /// A request has ended.
  ///
  /// @param caller whose it was; null if it was anonymous
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

  /// Ends connections that carry requests or streams of callers who may not call any more.
  ///
  /// @param test who may still call; has to be quick
  synchronized void endUnless(Predicate<Caller> test) {
    admits = test;
  }

  /// How many connections are in use.
  synchronized int inUse() {
    return inUse;
  }

  private void closeOverdue() throws InterruptedException {
    time.pause(LOOK_EVERY);
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
      LOG.debug("A connection was gone before it was closed: {}", e.toString());
    }
  }

  /// Tells an operator, but not for every connection.
  private void complain(String what) {
    var now = time.ticks();
    synchronized (this) {
      if (complained != null && now.minus(complained).compareTo(QUIET) < 0) {
        return;
      }
      complained = now;
    }
    LOG.warn("Too many connections: {}", what);
  }

  @Override
  public void close() {
    watch.close();
  }
}
