package io.stoker.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A stub chat model over HTTP on a loopback port, with programmable answers and failures.
///
/// The path selects the protocol: one that ends in `/chat/completions` is OpenAI's and Ollama's,
/// one that ends in `/messages` Anthropic's (server-sent events, or one JSON object if the request
/// does not ask for a stream), any other a user's own application that answers `{"answer": …}`.
/// Each request gets the oldest behaviour queued by [#next(Behaviour)], or the default set by
/// [#says(String...)]. One request per connection. Thread-safe.
public final class StubLlm implements AutoCloseable {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int BACKLOG = 1000;

  private final ServerSocket serverSocket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Request> requests = new ArrayList<>();
  private final ArrayDeque<Behaviour> behaviours = new ArrayDeque<>();
  private Behaviour defaultBehaviour = new Says("stop", "The answer", " is", " 42 [1].");
  private Counts counts = new Counts(100, 0, 0, 10);
  private boolean released;
  private int brokenOff;

  private StubLlm(ServerSocket serverSocket) {
    this.serverSocket = serverSocket;
  }

  /// A request.
  ///
  /// @param headers the headers, by their names in lower case
  public record Request(String method, String path, Map<String, String> headers, String body) {}

  /// The token usage that it reports.
  ///
  /// @param plain prompt tokens neither read from nor written to the cache
  /// @param written tokens written to the cache, for an hour in Anthropic's protocol
  public record Counts(long plain, long read, long written, long output) {}

  /// The response to one request.
  public sealed interface Behaviour {}

  /// Streams an answer in pieces.
  ///
  /// @param finish the finish reason: `stop`, `length`
  public record Says(String finish, List<String> pieces) implements Behaviour {
    public Says(String finish, String... pieces) {
      this(finish, List.of(pieces));
    }
  }

  /// Responds with a status, headers and body.
  public record Replies(int status, Map<String, String> headers, String body)
      implements Behaviour {}

  /// Streams that many pieces of the default answer, then nothing until [#release()], then the
  /// rest. A negative number holds back even the headers.
  public record Stalls(int after) implements Behaviour {}

  /// Streams that many pieces of the default answer, then closes the connection. A negative number
  /// omits even the headers.
  public record Cuts(int after) implements Behaviour {}

  /// Streams that many pieces of the default answer, then an error in the protocol's format.
  public record Breaks(int after, String error) implements Behaviour {}

  /// Starts a stub on a free port.
  public static StubLlm start() {
    try {
      var stub = new StubLlm(new ServerSocket(0, BACKLOG, LOOPBACK));
      Thread.ofVirtual().name("stub-llm").start(stub::accept);
      return stub;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its address: `http://127.0.0.1:port`.
  public URI uri() {
    return URI.create("http://127.0.0.1:" + serverSocket.getLocalPort());
  }

  /// Sets the default answer, in pieces.
  public void says(String... pieces) {
    lock.lock();
    try {
      defaultBehaviour = new Says("stop", pieces);
    } finally {
      lock.unlock();
    }
  }

  /// Sets the token usage that it reports.
  public void counts(Counts others) {
    lock.lock();
    try {
      counts = others;
    } finally {
      lock.unlock();
    }
  }

  /// Sets the default behaviour.
  public void always(Behaviour behaviour) {
    lock.lock();
    try {
      defaultBehaviour = behaviour;
    } finally {
      lock.unlock();
    }
  }

  /// Queues the behaviour for a request.
  public void next(Behaviour behaviour) {
    lock.lock();
    try {
      behaviours.add(behaviour);
    } finally {
      lock.unlock();
    }
  }

  /// Queues a 429.
  ///
  /// @param retryAfter the header's value; null for none
  public void nextIsTooMany(String retryAfter) {
    var headers = retryAfter == null ? Map.<String, String>of() : Map.of("Retry-After", retryAfter);
    next(new Replies(429, headers, "{\"error\":{\"message\":\"slow down\"}}"));
  }

  /// Ends all stalls, now and later.
  public void release() {
    lock.lock();
    try {
      released = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// All requests so far.
  public List<Request> requests() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for at least that many requests.
  public void awaitRequests(int count) throws InterruptedException {
    lock.lock();
    try {
      while (requests.size() < count) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The number of clients that disconnected before their answer was complete.
  public int brokenOff() {
    lock.lock();
    try {
      return brokenOff;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until at least that many clients have disconnected before their answer was complete.
  public void awaitBrokenOff(int count) throws InterruptedException {
    lock.lock();
    try {
      while (brokenOff < count) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Refuses new connections and cuts the open ones.
  @Override
  public void close() {
    close(serverSocket);
    open.forEach(StubLlm::close);
  }

  private void accept() {
    while (!serverSocket.isClosed()) {
      try {
        var socket = serverSocket.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        // The socket was closed.
      }
    }
  }

  private void serve(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream());
      var request = read(in);
      var behaviour = receive(request);
      var connection = new Connection(socket);
      Thread.ofVirtual().start(() -> watch(in, connection));
      connection.answer(Format.of(request), behaviour);
    } catch (IOException _) {
      // The client has disconnected, which the watcher detects.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
      close(socket);
    }
  }

  private Behaviour receive(Request request) {
    lock.lock();
    try {
      requests.add(request);
      changed.signalAll();
      var behaviour = behaviours.poll();
      return behaviour == null ? defaultBehaviour : behaviour;
    } finally {
      lock.unlock();
    }
  }

  private static Request read(InputStream in) throws IOException {
    var start = line(in).split(" ", 3);
    var headers = new TreeMap<String, String>();
    for (var header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new String(in.readNBytes(length), UTF_8);
    return new Request(start[0], start[1], Map.copyOf(headers), body);
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the client has gone in the middle of a request");
      }
      line.write(c);
    }
    return line.toString(US_ASCII).strip();
  }

  /// Detects a client that disconnects early.
  private void watch(InputStream in, Connection connection) {
    try {
      while (in.read() >= 0) {
        // Ignore further input.
      }
    } catch (IOException _) {
      // It has disconnected, or the connection was closed here.
    }
    lock.lock();
    try {
      if (!connection.done) {
        brokenOff++;
        connection.gone = true;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception _) {
      // It is closed already.
    }
  }

  /// A text as a JSON string.
  public static String quote(String text) {
    var json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        default -> {
          if (c < ' ' || Character.isSurrogate(c)) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString();
  }

  /// The protocol, by the path of the request.
  private enum Format {
    OPEN_AI("text/event-stream"),
    OPEN_AI_WHOLE("application/json"),
    ANTHROPIC("text/event-stream"),
    ANTHROPIC_WHOLE("application/json"),
    APPLICATION("application/json");

    private final String type;

    Format(String type) {
      this.type = type;
    }

    static Format of(Request request) {
      boolean streams = request.body().contains("\"stream\":true");
      if (request.path().endsWith("/chat/completions")) {
        return streams ? OPEN_AI : OPEN_AI_WHOLE;
      }
      if (request.path().endsWith("/messages")) {
        return streams ? ANTHROPIC : ANTHROPIC_WHOLE;
      }
      return APPLICATION;
    }

    String piece(String text) {
      return switch (this) {
        case OPEN_AI ->
            "data: {\"object\":\"chat.completion.chunk\",\"model\":\"stub\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%s},\"finish_reason\":null}]}\n\n"
                .formatted(quote(text));
        case ANTHROPIC ->
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":%s}}\n\n"
                .formatted(quote(text));
        case OPEN_AI_WHOLE, ANTHROPIC_WHOLE, APPLICATION -> quote(text).replaceAll("^\"|\"$", "");
      };
    }

    String begin(Counts counts) {
      return switch (this) {
        case OPEN_AI -> ": stub\n\n";
        case OPEN_AI_WHOLE ->
            "{\"object\":\"chat.completion\",\"model\":\"stub\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"";
        case ANTHROPIC ->
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"stub","content":[],"stop_reason":null,"stop_sequence":null,"usage":%s}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: ping
            data: {"type":"ping"}

            """
                .formatted(usage(counts));
        case ANTHROPIC_WHOLE ->
            "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"stub\",\"content\":[{\"type\":\"text\",\"text\":\"";
        case APPLICATION -> "{\"model\":\"stub\",\"answer\":\"";
      };
    }

    String end(String finish, Counts counts) {
      return switch (this) {
        case OPEN_AI ->
            """
            data: {"object":"chat.completion.chunk","model":"stub","choices":[{"index":0,"delta":{},"finish_reason":"%s"}]}

            data: {"object":"chat.completion.chunk","model":"stub","choices":[],"usage":%s}

            data: [DONE]

            """
                .formatted(finish, usage(counts));
        case OPEN_AI_WHOLE ->
            "\"},\"finish_reason\":\"%s\"}],\"usage\":%s}".formatted(finish, usage(counts));
        case ANTHROPIC ->
            """
            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"%s","stop_sequence":null},"usage":{"output_tokens":%d}}

            event: message_stop
            data: {"type":"message_stop"}

            """
                .formatted(finish.equals("stop") ? "end_turn" : finish, counts.output());
        case ANTHROPIC_WHOLE ->
            "\"}],\"stop_reason\":\"%s\",\"stop_sequence\":null,\"usage\":%s}"
                .formatted(finish.equals("stop") ? "end_turn" : finish, usage(counts));
        case APPLICATION -> "\"}";
      };
    }

    String error(String message) {
      return switch (this) {
        case APPLICATION -> "{\"error\":%s}\n".formatted(quote(message));
        case OPEN_AI -> "data: {\"error\":{\"message\":%s}}\n\n".formatted(quote(message));
        case ANTHROPIC ->
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":%s}}\n\n"
                .formatted(quote(message));
        case OPEN_AI_WHOLE, ANTHROPIC_WHOLE ->
            throw new IllegalStateException("an answer in one piece cannot break in the middle");
      };
    }

    private String usage(Counts counts) {
      return switch (this) {
        case ANTHROPIC, ANTHROPIC_WHOLE ->
            "{\"input_tokens\":%d,\"cache_read_input_tokens\":%d,\"cache_creation_input_tokens\":%d,\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":%d},\"output_tokens\":%d}"
                .formatted(
                    counts.plain(),
                    counts.read(),
                    counts.written(),
                    counts.written(),
                    counts.output());
        case OPEN_AI, OPEN_AI_WHOLE, APPLICATION ->
            "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":%d}}"
                .formatted(
                    counts.plain() + counts.read() + counts.written(),
                    counts.output(),
                    counts.read());
      };
    }
  }

  /// A client waiting for its answer.
  private final class Connection {

    private final OutputStream out;
    private boolean done;
    private boolean gone;

    private Connection(Socket socket) throws IOException {
      this.out = socket.getOutputStream();
    }

    private void answer(Format format, Behaviour behaviour)
        throws IOException, InterruptedException {
      switch (behaviour) {
        case Says says -> {
          head(format);
          pieces(format, says.pieces());
          end(format, says.finish());
        }
        case Replies replies -> reply(replies);
        case Stalls stalls -> {
          var pieces = defaultPieces();
          int first = Math.clamp(stalls.after, 0, pieces.size());
          if (stalls.after < 0) {
            awaitRelease();
          }
          head(format);
          pieces(format, pieces.subList(0, first));
          if (stalls.after >= 0) {
            awaitRelease();
          }
          pieces(format, pieces.subList(first, pieces.size()));
          end(format, "stop");
        }
        case Cuts cuts -> {
          if (cuts.after >= 0) {
            head(format);
            pieces(format, defaultPieces().subList(0, cuts.after));
          }
          markDone();
        }
        case Breaks breaks -> {
          head(format);
          pieces(format, defaultPieces().subList(0, breaks.after));
          markDone();
          chunk(format.error(breaks.error));
          out.write("0\r\n\r\n".getBytes(US_ASCII));
          out.flush();
        }
      }
    }

    private List<String> defaultPieces() {
      lock.lock();
      try {
        return defaultBehaviour instanceof Says says
            ? says.pieces()
            : List.of("The answer", " is", " 42 [1].");
      } finally {
        lock.unlock();
      }
    }

    private Counts currentCounts() {
      lock.lock();
      try {
        return counts;
      } finally {
        lock.unlock();
      }
    }

    private void reply(Replies replies) throws IOException {
      var body = replies.body().getBytes(UTF_8);
      var head = new StringBuilder("HTTP/1.1 " + replies.status() + " Stub\r\n");
      replies.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      head.append("Content-Length: " + body.length + "\r\nConnection: close\r\n\r\n");
      markDone();
      out.write(head.toString().getBytes(US_ASCII));
      out.write(body);
      out.flush();
    }

    private void head(Format format) throws IOException {
      out.write(
          ("HTTP/1.1 200 OK\r\nContent-Type: "
                  + format.type
                  + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
              .getBytes(US_ASCII));
      chunk(format.begin(currentCounts()));
    }

    private void pieces(Format format, List<String> pieces) throws IOException {
      for (var piece : pieces) {
        chunk(format.piece(piece));
      }
    }

    private void end(Format format, String finish) throws IOException {
      markDone();
      chunk(format.end(finish, currentCounts()));
      out.write("0\r\n\r\n".getBytes(US_ASCII));
      out.flush();
    }

    private void chunk(String text) throws IOException {
      if (!text.isEmpty()) {
        var bytes = text.getBytes(UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(US_ASCII));
        out.flush();
      }
    }

    private void markDone() {
      lock.lock();
      try {
        done = true;
      } finally {
        lock.unlock();
      }
    }

    private void awaitRelease() throws IOException, InterruptedException {
      lock.lock();
      try {
        while (!released && !gone) {
          changed.await();
        }
        if (gone) {
          throw new IOException("the client has gone");
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
