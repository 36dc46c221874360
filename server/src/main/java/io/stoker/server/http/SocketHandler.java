package io.stoker.server.http;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.Time;
import io.stoker.server.access.Caller;
import io.stoker.server.prompts.PromptServices;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;

/// All clients of surfaces and chats that are connected. Thread-safe.
public final class SocketHandler implements WebSocketHandler, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);

  /// How long a frame may be, in characters.
  static final int LARGEST = 64 * 1024;

  /// How long a client may take to take a frame, in milliseconds.
  private static final long PATIENCE = 10_000;

  /// Tomcat's name for that.
  private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

  private static final CloseStatus TOO_SLOW =
      CloseStatus.SERVICE_OVERLOAD.withReason("too much is waiting to be read");

  private static final CloseStatus TOO_LARGE =
      CloseStatus.TOO_BIG_TO_PROCESS.withReason("expected frames of at most 64 kB");

  private static final CloseStatus REVOKED =
      CloseStatus.POLICY_VIOLATION.withReason("the token is not in force any more");

  private static final CloseStatus TOO_MANY =
      CloseStatus.POLICY_VIOLATION.withReason("too many frames (stoker.rate-limit)");

  private static final CloseStatus SILENT =
      CloseStatus.GOING_AWAY.withReason("two pings were not answered");

  /// How many pings in a row a client may leave unanswered.
  private static final int MOST_UNANSWERED = 2;

  private final PromptServices prompts;
  private final Authenticator authenticator;
  private final SurfaceSubscriptions surfaces;
  private final Duration pingEvery;
  private final Time time;
  private final SendQueue.Budget budget = SendQueue.Budget.ofThisMachine();
  private final Map<String, Client> clients = new ConcurrentHashMap<>();
  private final BackgroundLoop pings;

  public SocketHandler(
      PromptServices prompts, Authenticator authenticator, Duration pingEvery, Time time) {
    this.prompts = prompts;
    this.authenticator = authenticator;
    this.surfaces = new SurfaceSubscriptions(prompts, time);
    this.pingEvery = pingEvery;
    this.time = time;
    prompts.warmer().listen(surfaces);
    authenticator.onChange(this::closeRevoked);
    this.pings = BackgroundLoop.virtual("stoker-pings", this::pingAll);
    pings.start();
  }

  /// Keeps sockets from being cut by what is between, and finds those whose client is no more.
  private void pingAll() throws InterruptedException {
    time.pause(pingEvery);
    clients.values().forEach(this::ping);
  }

  private void ping(Client client) {
    if (client.unanswered.getAndIncrement() < MOST_UNANSWERED) {
      client.sendQueue.ping();
      return;
    }
    LOG.info("A socket is closed whose client does not answer pings");
    forget(client.session);
    end(client, SILENT);
  }

  /// A client, and the frame that it is sending. Frames are taken in pieces, for in one piece
  /// Tomcat would hold room for the largest of every client. Pieces come one at a time.
  private static final class Client {

    private final WebSocketSession session;
    private final @Nullable Caller caller;
    private final SendQueue sendQueue;
    private final SocketSession socket;
    private final StringBuilder frame = new StringBuilder();

    /// How many pings were sent since something came.
    private final AtomicInteger unanswered = new AtomicInteger();

    Client(
        WebSocketSession session,
        @Nullable Caller caller,
        SendQueue sendQueue,
        SocketSession socket) {
      this.session = session;
      this.caller = caller;
      this.sendQueue = sendQueue;
      this.socket = socket;
    }

    /// Takes a piece of a frame. What is no text is no JSON either, and is told so in the same way.
    /// Pongs are no frames of anybody's, whether asked for or not, and may come between two pieces.
    ///
    /// @return whether the frame still has a size that can be taken
    boolean take(WebSocketMessage<?> message) {
      unanswered.set(0);
      if (message instanceof PongMessage) {
        return true;
      }
      if (message instanceof TextMessage text) {
        frame.append(text.getPayload());
      }
      if (frame.length() > LARGEST) {
        return false;
      }
      if (message.isLast()) {
        var whole = frame.toString();
        frame.setLength(0);
        frame.trimToSize();
        socket.receive(whole);
      }
      return true;
    }
  }

  /// How many are connected.
  public int count() {
    return clients.size();
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) {
    if (session instanceof StandardWebSocketSession standard) {
      var known = standard.getNativeSession(Session.class);
      if (known != null) {
        known.getUserProperties().put(SEND_TIMEOUT, PATIENCE);
      }
    }
    var sendQueue = new SendQueue(new SessionLine(session), budget);
    var caller = session.getPrincipal() instanceof Caller known ? known : null;
    var socket =
        new SocketSession(
            prompts,
            surfaces,
            sendQueue,
            new Ownership(caller, prompts),
            access -> authenticator.require(caller, access));
    clients.put(session.getId(), new Client(session, caller, sendQueue, socket));
  }

  private void closeRevoked() {
    for (var client : clients.values()) {
      if (client.caller == null || !authenticator.admits(client.caller)) {
        end(client, REVOKED);
      }
    }
  }

  /// The line to a client, as Spring has it.
  private record SessionLine(WebSocketSession session) implements SendQueue.Line {

    @Override
    public void send(String text) throws IOException {
      try {
        session.sendMessage(new TextMessage(text));
      } catch (IllegalStateException e) {
        throw new IOException("closed meanwhile", e);
      }
    }

    @Override
    public void ping() throws IOException {
      try {
        session.sendMessage(new PingMessage());
      } catch (IllegalStateException e) {
        throw new IOException("closed meanwhile", e);
      }
    }

    @Override
    public void cut() {
      end(session, TOO_SLOW);
    }
  }

  @Override
  public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
    var client = clients.get(session.getId());
    if (client == null) {
      return;
    }
    if (client.caller != null && !authenticator.takesFrame(client.caller)) {
      forget(session);
      end(session, TOO_MANY);
    } else if (!client.take(message)) {
      forget(session);
      end(session, TOO_LARGE);
    }
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable trouble) {
    LOG.debug("A socket breaks off: {}", trouble.toString());
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    forget(session);
  }

  private void forget(WebSocketSession session) {
    var client = clients.remove(session.getId());
    if (client != null) {
      client.socket.close();
    }
  }

  @Override
  public boolean supportsPartialMessages() {
    return true;
  }

  /// Sends all clients home.
  @Override
  public void close() {
    pings.close();
    for (var client : clients.values()) {
      end(client, CloseStatus.GOING_AWAY);
    }
  }

  private static void end(Client client, CloseStatus status) {
    BackgroundTask.start("stoker-goodbye", () -> end(client.session, status));
  }

  private static void end(WebSocketSession session, CloseStatus status) {
    try {
      session.close(status);
    } catch (IOException | IllegalStateException e) {
      LOG.debug("A socket was gone before it was closed: {}", e.toString());
    }
  }
}
