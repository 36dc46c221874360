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

/// The WebSocket endpoint of chats and surfaces, with all connected clients. Thread-safe.
public final class SocketHandler implements WebSocketHandler, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);

  /// The maximum length of a received frame, in characters.
  static final int MAX_FRAME = 64 * 1024;

  private static final long SEND_TIMEOUT_MILLIS = 10_000;

  /// Tomcat's property for the timeout.
  private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

  private static final CloseStatus TOO_SLOW =
      CloseStatus.SERVICE_OVERLOAD.withReason("too much is waiting to be read");

  private static final CloseStatus TOO_LARGE =
      CloseStatus.TOO_BIG_TO_PROCESS.withReason("expected frames of at most 64 kB");

  private static final CloseStatus REVOKED =
      CloseStatus.POLICY_VIOLATION.withReason("the token is no longer valid");

  private static final CloseStatus TOO_MANY =
      CloseStatus.POLICY_VIOLATION.withReason("too many frames (stoker.rate-limit)");

  private static final CloseStatus SILENT =
      CloseStatus.GOING_AWAY.withReason("two pings were not answered");

  /// The number of consecutive unanswered pings after which a client is disconnected.
  private static final int MAX_UNANSWERED_PINGS = 2;

  private final PromptServices prompts;
  private final Authenticator authenticator;
  private final SurfaceSubscriptions surfaces;
  private final Duration pingEvery;
  private final Time time;
  private final SendQueue.SharedLimit queueLimit = SendQueue.SharedLimit.ofThisMachine();
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

  /// Keeps proxies from closing idle sockets, and finds clients that have disappeared.
  private void pingAll() throws InterruptedException {
    time.pause(pingEvery);
    clients.values().forEach(this::ping);
  }

  private void ping(Client client) {
    if (client.unansweredPings.getAndIncrement() < MAX_UNANSWERED_PINGS) {
      client.sendQueue.addPing();
      return;
    }
    LOG.info("A socket is closed because its client does not answer pings");
    remove(client.session);
    close(client, SILENT);
  }

  /// A connected client and the frame being received. Frames are received in parts, because Tomcat
  /// would otherwise keep a buffer of the maximum size per client. Parts arrive one at a time.
  private static final class Client {

    private final WebSocketSession session;
    private final @Nullable Caller caller;
    private final SendQueue sendQueue;
    private final SocketSession socket;
    private final StringBuilder frame = new StringBuilder();

    /// The pings sent since the last message arrived.
    private final AtomicInteger unansweredPings = new AtomicInteger();

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

    /// Receives a part of a frame. Binary frames count as empty text, and so as invalid JSON.
    /// Pongs, which may arrive between two parts, are ignored.
    ///
    /// @return false if the frame is too long
    boolean receive(WebSocketMessage<?> message) {
      unansweredPings.set(0);
      if (message instanceof PongMessage) {
        return true;
      }
      if (message instanceof TextMessage text) {
        frame.append(text.getPayload());
      }
      if (frame.length() > MAX_FRAME) {
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

  /// The number of connected clients.
  public int count() {
    return clients.size();
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) {
    if (session instanceof StandardWebSocketSession standard) {
      var known = standard.getNativeSession(Session.class);
      if (known != null) {
        known.getUserProperties().put(SEND_TIMEOUT, SEND_TIMEOUT_MILLIS);
      }
    }
    var sendQueue = new SendQueue(new QueueClient(session), queueLimit);
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
        close(client, REVOKED);
      }
    }
  }

  private record QueueClient(WebSocketSession session) implements SendQueue.Client {

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
    public void disconnect() {
      close(session, TOO_SLOW);
    }
  }

  @Override
  public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
    var client = clients.get(session.getId());
    if (client == null) {
      return;
    }
    if (client.caller != null && !authenticator.takesFrame(client.caller)) {
      remove(session);
      close(session, TOO_MANY);
    } else if (!client.receive(message)) {
      remove(session);
      close(session, TOO_LARGE);
    }
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable error) {
    LOG.debug("A socket has failed: {}", error.toString());
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    remove(session);
  }

  private void remove(WebSocketSession session) {
    var client = clients.remove(session.getId());
    if (client != null) {
      client.socket.close();
    }
  }

  @Override
  public boolean supportsPartialMessages() {
    return true;
  }

  @Override
  public void close() {
    pings.close();
    for (var client : clients.values()) {
      close(client, CloseStatus.GOING_AWAY);
    }
  }

  private static void close(Client client, CloseStatus status) {
    BackgroundTask.start("stoker-socket-close", () -> close(client.session, status));
  }

  private static void close(WebSocketSession session, CloseStatus status) {
    try {
      session.close(status);
    } catch (IOException | IllegalStateException e) {
      LOG.debug("A socket was already closed: {}", e.toString());
    }
  }
}
