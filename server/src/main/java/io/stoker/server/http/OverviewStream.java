package io.stoker.server.http;

import io.stoker.server.Json;
import io.stoker.server.overview.Overview;
import io.stoker.server.overview.Overview.News;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// All that the server does at a glance: once, or as server-sent events. The first `overview` of a
/// stream has everything; later ones leave out what cannot change and the history, which grows by a
/// `point` now and then. Thread-safe.
public final class OverviewStream {

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String RETRY = "retry: 2000\n\n";
  private static final String ALIVE = ": still here\n\n";

  private final Overview overview;

  public OverviewStream(Overview overview) {
    this.overview = overview;
  }

  ServerResponse now(ServerRequest request) {
    Query.of(request);
    return AnswerHandlers.json(ServerResponse.ok(), overview.whole());
  }

  ServerResponse events(ServerRequest request) {
    Query.of(request);
    return LongResponse.of(MediaType.TEXT_EVENT_STREAM, ServerResponse.ok(), this::follow);
  }

  private void follow(StreamBuilder stream) throws IOException, InterruptedException {
    try (var watch = overview.watch()) {
      stream.write(RETRY).flush();
      while (!overview.isClosed()) {
        stream.write(text(watch.next(HEARTBEAT))).flush();
      }
    }
  }

  private static String text(News news) {
    if (news.isEmpty()) {
      return ALIVE;
    }
    var text = new StringBuilder();
    if (news.whole() != null) {
      text.append(event("overview", news.whole()));
    }
    if (news.now() != null) {
      text.append(event("overview", news.now()));
    }
    news.points().forEach(point -> text.append(event("point", point)));
    return text.toString();
  }

  private static String event(String name, Object data) {
    return "event: " + name + "\ndata: " + Json.write(data) + "\n\n";
  }
}
