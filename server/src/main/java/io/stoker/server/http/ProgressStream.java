package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.sessions.SessionRuns;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.wire.SessionWire;
import java.io.IOException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The progress of runs as server-sent events: `progress` during a run, `complete` at its end, both
/// with the run. A viewer gets the latest state at once, and then later states as fast as it reads;
/// a slow one skips some. Thread-safe.
public final class ProgressStream {

  private final Supplier<SessionServices> sessions;
  private final Time time;

  public ProgressStream(Supplier<SessionServices> sessions, Time time) {
    this.sessions = sessions;
    this.time = time;
  }

  /// Streams one run to its end.
  ServerResponse ofRun(ServerRequest request) {
    var configured = sessions.get();
    var run = SessionHandlers.find(configured, request);
    var viewer =
        new Viewer(
            configured.runs(), run.version() - 1, other -> other.id().equals(run.id()), true);
    return EventStream.of(time, viewer::follow);
  }

  /// Streams all runs until the viewer disconnects.
  ServerResponse ofAll(ServerRequest request) {
    var runs = sessions.get().runs();
    long newest = runs.newest(1).stream().mapToLong(WarmRun::version).findFirst().orElse(1);
    return EventStream.of(time, new Viewer(runs, newest - 1, _ -> true, false)::follow);
  }

  /// A connected client.
  ///
  /// @param since the version after which states are sent
  /// @param selected the runs to stream
  /// @param once whether the stream ends with the first run
  private record Viewer(SessionRuns runs, long since, Predicate<WarmRun> selected, boolean once) {

    void follow(EventStream events) throws IOException, InterruptedException {
      long seen = since;
      boolean isOver = false;
      while (!isOver && !runs.isClosed()) {
        for (var run : runs.changesAfter(seen, events.untilHeartbeat())) {
          seen = run.version();
          if (selected.test(run)) {
            events.add(
                run.version(), run.isOver() ? "complete" : "progress", SessionWire.Run.of(run));
            isOver = once && run.isOver();
          }
        }
        events.flush();
      }
    }
  }
}
