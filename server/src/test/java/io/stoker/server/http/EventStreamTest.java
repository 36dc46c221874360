package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// The bytes of server-sent events.
class EventStreamTest {

  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final Sent sent = new Sent();

  /// Records the sent bytes.
  private static final class Sent implements StreamBuilder {

    private final StringBuilder text = new StringBuilder();

    @Override
    public StreamBuilder write(Object data) {
      text.append(data);
      return this;
    }

    @Override
    public StreamBuilder write(Object data, MediaType type) {
      return write(data);
    }

    @Override
    public void flush() {
      text.append("|");
    }

    @Override
    public void error(Throwable cause) {}

    @Override
    public void complete() {}

    @Override
    public StreamBuilder onTimeout(Runnable onTimeout) {
      return this;
    }

    @Override
    public StreamBuilder onError(Consumer<Throwable> onError) {
      return this;
    }

    @Override
    public StreamBuilder onComplete(Runnable onComplete) {
      return this;
    }
  }

  @Test
  void events_added_together_are_sent_together() throws IOException {
    var events = new EventStream(sent, time);

    events.add(7, "progress", Map.of("total", 2));
    events.addJson(8, "complete", "{}");
    events.add("point", Map.of("at", "now"));
    events.flush();

    assertThat(sent.text)
        .hasToString(
            """
            retry: 2000

            |id: 7
            event: progress
            data: {"total":2}

            id: 8
            event: complete
            data: {}

            event: point
            data: {"at":"now"}

            |\
            """);
  }

  @Test
  void a_comment_is_sent_where_nothing_else_was_for_15_seconds() throws IOException {
    var events = new EventStream(sent, time);

    time.advance(Duration.ofSeconds(14));
    events.add("point", Map.of());
    events.flush();
    time.advance(Duration.ofSeconds(14));
    events.flush();
    var before = sent.text.toString();
    time.advance(Duration.ofSeconds(1));
    events.flush();
    events.flush();

    assertThat(before).isEqualTo("retry: 2000\n\n|event: point\ndata: {}\n\n|");
    assertThat(sent.text).hasToString(before + ": still here\n\n|");
    assertThat(events.untilHeartbeat()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void discarded_events_are_not_sent() throws IOException {
    var events = new EventStream(sent, time);

    events.add(1, "query", Map.of());
    events.discard();
    events.add(1, "progress", Map.of());
    events.flush();

    assertThat(sent.text).hasToString("retry: 2000\n\n|id: 1\nevent: progress\ndata: {}\n\n|");
  }
}
