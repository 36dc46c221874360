package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A WebSocket client that queues the received frames.
final class SocketClient implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;

  private SocketClient(URI uri, String... headers) {
    var builder = HTTP.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    this.socket = builder.buildAsync(uri, new Listener()).join();
  }

  /// Opens a socket and reads the catalog.
  static SocketClient to(RunningServer server) {
    var client = at(server.port(), "/ws");
    assertThat(client.next().path("type").asString()).isEqualTo("catalog");
    return client;
  }

  /// Opens a socket at a path.
  static SocketClient at(int port, String path, String... headers) {
    return new SocketClient(URI.create("ws://127.0.0.1:" + port + path), headers);
  }

  /// The handshake request.
  static byte[] knock(String host) {
    return String.join(
            "\r\n",
            "GET /ws HTTP/1.1",
            "Host: " + host,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "\r\n")
        .getBytes(US_ASCII);
  }

  /// The status of a rejected handshake.
  static int refusal(int port, String path, String... headers) {
    try (var client = at(port, path, headers)) {
      throw new AssertionError("opened, and " + client.next() + " came");
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(WebSocketHandshakeException.class);
      return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
    }
  }

  private final class Listener implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        frames.add(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.completeExceptionally(error);
    }
  }

  /// Sends a frame unchanged.
  SocketClient raw(String frame) {
    socket.sendText(frame, true).join();
    return this;
  }

  /// Sends a frame in which ' stands for ".
  SocketClient send(String frame) {
    return raw(frame.replace('\'', '"'));
  }

  WebSocket socket() {
    return socket;
  }

  /// The next frame of any type.
  JsonNode next() {
    try {
      var frame = frames.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(frame).as("a frame").isNotNull();
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// The next frame of a type; frames before it are dropped.
  JsonNode next(String type) {
    var frame = next();
    while (!frame.path("type").asString().equals(type)) {
      frame = next();
    }
    return frame;
  }

  /// The events of a turn up to one of a type; other frames are dropped.
  List<JsonNode> eventsUntil(String type) {
    var events = new ArrayList<JsonNode>();
    do {
      events.add(next("chat.delta").path("event"));
    } while (!events.getLast().path("type").asString().equals(type));
    return events;
  }

  /// Whether all received frames were read. Call it after reading a frame that is known to be last.
  boolean isQuiet() {
    return frames.isEmpty();
  }

  /// All frames up to the response to a request that changes nothing.
  List<JsonNode> flush() {
    send("{'type':'subscribe','surfaceId':'none-such'}");
    var all = new ArrayList<JsonNode>();
    var frame = next();
    while (!frame.path("surfaceId").asString("").equals("none-such")) {
      all.add(frame);
      frame = next();
    }
    return all;
  }

  SocketClient subscribe(String conversation) {
    return send(
        "{'type':'subscribe','surfaceId':'cache-warming','conversationId':'%s'}"
            .formatted(conversation));
  }

  SocketClient toggle(String conversation, String payload) {
    return send(
        "{'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/toggle'%s}"
            .formatted(conversation, payload.isEmpty() ? "" : ",'payload':" + payload));
  }

  /// The code and reason with which the server closed it.
  int closeCode() {
    return closed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    socket.abort();
  }
}
