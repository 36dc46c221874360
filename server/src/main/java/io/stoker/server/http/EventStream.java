package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.wire.WireJson;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// A response of server-sent events. Confined to the thread that sends it.
///
/// It starts with the reconnection time (`retry`). Events are buffered and sent together by
/// [#flush()], which sends a comment if nothing has been sent for 15 seconds, since proxies close
/// idle connections.
///
/// Spring's `ServerResponse.sse` is not used because it takes no headers, which are needed to turn
/// off buffering in nginx.
final class EventStream {

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String RETRY = "retry: 2000\n\n";
  private static final String KEEP_ALIVE = ": still here\n\n";

  private final StreamBuilder stream;
  private final Time time;
  private final StringBuilder buffer = new StringBuilder();
  private Duration sentAt;

  EventStream(StreamBuilder stream, Time time) throws IOException {
    this.stream = stream;
    this.time = time;
    this.sentAt = time.ticks();
    send(RETRY);
  }

  /// Writes the events of a stream.
  interface Sender {

    /// Sends events until there will be no more.
    ///
    /// @throws IOException if the client has disconnected
    void sendTo(EventStream events) throws IOException, InterruptedException;
  }

  /// A response that lasts until its sender returns or its client disconnects.
  static ServerResponse of(Time time, Sender sender) {
    return StreamedResponse.of(
        MediaType.TEXT_EVENT_STREAM,
        ServerResponse.ok(),
        stream -> sender.sendTo(new EventStream(stream, time)));
  }

  /// Adds an event with an id, which clients send back when they reconnect.
  ///
  /// @param data written as JSON
  void add(long id, String name, Object data) {
    addJson(id, name, WireJson.write(data));
  }

  /// Adds an event with an id and serialized data.
  void addJson(long id, String name, String json) {
    buffer.append("id: ").append(id).append('\n');
    append(name, json);
  }

  /// Adds an event without an id.
  ///
  /// @param data written as JSON
  void add(String name, Object data) {
    append(name, WireJson.write(data));
  }

  private void append(String name, String json) {
    buffer.append("event: ").append(name).append("\ndata: ").append(json).append("\n\n");
  }

  /// Drops the events added since the last flush.
  void discard() {
    buffer.setLength(0);
  }

  /// Sends the added events, or a comment if one is due.
  void flush() throws IOException {
    if (!buffer.isEmpty()) {
      var text = buffer.toString();
      discard();
      send(text);
    } else if (untilHeartbeat().isZero()) {
      send(KEEP_ALIVE);
    }
  }

  /// The time until a comment is due. Not negative.
  Duration untilHeartbeat() {
    var left = sentAt.plus(HEARTBEAT).minus(time.ticks());
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void send(String text) throws IOException {
    stream.write(text).flush();
    sentAt = time.ticks();
  }
}
