package io.stoker.examples.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stoker.StokerException;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/// A web service for signed-in users, on the JDK's own HTTP server.
///
/// | request | answer |
/// |---|---|
/// | `GET /me` | 200 and the user's id |
/// | `POST /sign-out` | 204, and from then on the token is refused |
///
/// Both need `Authorization: Bearer TOKEN`: 401 without a live session, 503 if neither Redis nor
/// Postgres answers. Thread-safe.
public final class LookupServer implements AutoCloseable {

  private final SessionCache sessions;
  private final DataSource dataSource;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Starts the server.
  ///
  /// @param port of the loopback interface; 0 for any that is free
  public LookupServer(SessionCache sessions, DataSource dataSource, int port) throws IOException {
    this.sessions = sessions;
    this.dataSource = dataSource;
    this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.setExecutor(threads);
    http.createContext("/me", exchange -> answer(exchange, "GET", this::me));
    http.createContext("/sign-out", exchange -> answer(exchange, "POST", this::signOut));
    http.start();
  }

  /// The server's address.
  public URI uri() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  private Reply me(SessionKey key) {
    return sessions
        .find(key)
        .map(session -> new Reply(200, session.userId() + "\n"))
        .orElse(Reply.UNAUTHORIZED);
  }

  /// Deletes the session in Postgres first, then revokes it in the cache, which would otherwise
  /// serve it until its entry expires.
  private Reply signOut(SessionKey key) throws SQLException {
    if (sessions.find(key).isEmpty()) {
      return Reply.UNAUTHORIZED;
    }
    delete(key);
    sessions.revoke(key);
    return new Reply(204, "");
  }

  private void delete(SessionKey key) throws SQLException {
    try (var connection = dataSource.getConnection();
        var statement =
            connection.prepareStatement("DELETE FROM platform.user_sessions WHERE token = ?")) {
      statement.setString(1, key.name());
      statement.executeUpdate();
    }
  }

  private static void answer(HttpExchange exchange, String method, Handler handler)
      throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals(method)) {
        token(exchange)
            .map(token -> handle(handler, token))
            .orElse(Reply.UNAUTHORIZED)
            .send(exchange);
      } else {
        new Reply(405, "only " + method + " is answered here\n").send(exchange);
      }
    }
  }

  private static Optional<String> token(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
        .filter(header -> header.startsWith("Bearer "))
        .map(header -> header.substring("Bearer ".length()).strip());
  }

  private static Reply handle(Handler handler, String token) {
    try {
      return handler.handle(SessionKey.ofToken(token));
    } catch (StokerException | SQLException _) {
      return new Reply(503, "try again\n");
    }
  }

  /// Stops the server at once.
  @Override
  public void close() {
    http.stop(0);
    threads.close();
  }

  /// Answers a request with a token.
  private interface Handler {
    Reply handle(SessionKey key) throws SQLException;
  }

  private record Reply(int status, String body) {

    static final Reply UNAUTHORIZED = new Reply(401, "sign in\n");

    void send(HttpExchange exchange) throws IOException {
      if (status == 401) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      }
      var bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
