package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.overview.Overview;
import java.io.IOException;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers for the overview of the server: once, or as server-sent events. The first
/// `overview` event is complete; later ones leave out constants and the history, to which `point`
/// events are added. Thread-safe.
public final class OverviewStream {

  private final Overview overview;
  private final Time time;

  public OverviewStream(Overview overview, Time time) {
    this.overview = overview;
    this.time = time;
  }

  ServerResponse now(ServerRequest request) {
    QueryParameters.of(request);
    return JsonBody.ok(overview.whole());
  }

  ServerResponse events(ServerRequest request) {
    QueryParameters.of(request);
    return EventStream.of(time, this::follow);
  }

  private void follow(EventStream events) throws IOException, InterruptedException {
    try (var subscription = overview.subscribe()) {
      while (!overview.isClosed()) {
        var update = subscription.next(events.untilHeartbeat());
        if (update.whole() != null) {
          events.add("overview", update.whole());
        }
        if (update.now() != null) {
          events.add("overview", update.now());
        }
        update.points().forEach(point -> events.add("point", point));
        events.flush();
      }
    }
  }
}
