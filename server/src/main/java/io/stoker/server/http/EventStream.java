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
/// It begins with the pause after which a client comes back. Events are added first and sent
/// together by [#flush()], which sends a comment where nothing has been sent for 15 seconds, since
/// proxies close connections that are quiet.
///
/// Bytes are written here rather than by Spring's own `ServerResponse.sse`, which takes no headers,
/// and so cannot tell nginx not to buffer.
final class EventStream {

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String RETRY = "retry: 2000\n\n";
  private static final String ALIVE = ": still here\n\n";

  private final StreamBuilder stream;
  private final Time time;
  private final StringBuilder added = new StringBuilder();
  private Duration sentAt;

  EventStream(StreamBuilder stream, Time time) throws IOException {
    this.stream = stream;
    this.time = time;
    this.sentAt = time.ticks();
    send(RETRY);
  }

  /// What is sent.
  interface Sender {

    /// Sends it all. Returns when there will be no more events.
    ///
    /// @throws IOException if the client has gone
    void sendTo(EventStream events) throws IOException, InterruptedException;
  }

  /// A response that lasts until its sender returns, or its client goes.
  static ServerResponse of(Time time, Sender sender) {
    return StreamedResponse.of(
        MediaType.TEXT_EVENT_STREAM,
        ServerResponse.ok(),
        stream -> sender.sendTo(new EventStream(stream, time)));
  }

  /// Adds an event that a client may name when it comes back.
  ///
  /// @param data written as JSON
  void add(long id, String name, Object data) {
    addJson(id, name, WireJson.write(data));
  }

  /// The same of JSON that is written already.
  void addJson(long id, String name, String json) {
    added.append("id: ").append(id).append('\n');
    append(name, json);
  }

  /// Adds an event without an id.
  ///
  /// @param data written as JSON
  void add(String name, Object data) {
    append(name, WireJson.write(data));
  }

  private void append(String name, String json) {
    added.append("event: ").append(name).append("\ndata: ").append(json).append("\n\n");
  }

  /// Forgets what was added since the last flush.
  void discard() {
    added.setLength(0);
  }

  /// Sends what was added, or a comment if one is due.
  void flush() throws IOException {
    if (!added.isEmpty()) {
      var text = added.toString();
      discard();
      send(text);
    } else if (untilHeartbeat().isZero()) {
      send(ALIVE);
    }
  }

  /// How long nothing more has to be sent. Zero or more.
  Duration untilHeartbeat() {
    var left = sentAt.plus(HEARTBEAT).minus(time.ticks());
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void send(String text) throws IOException {
    stream.write(text).flush();
    sentAt = time.ticks();
  }
}
