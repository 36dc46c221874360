package io.stoker.server.http;

import io.stoker.server.Json;
import io.stoker.server.SessionRuns;
import io.stoker.server.Sessions;
import io.stoker.server.WarmRun;
import io.stoker.server.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// How runs go, as server-sent events: `progress` while a run is going on, `complete` once it is
/// over, both with the run. A viewer gets the newest state at once, whatever it has seen before,
/// and afterwards each newer one that it is quick enough for. Thread-safe.
public final class ProgressStream {

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String RETRY = "retry: 2000\n\n";
  private static final String ALIVE = ": still here\n\n";

  private final Supplier<Sessions> sessions;

  public ProgressStream(Supplier<Sessions> sessions) {
    this.sessions = sessions;
  }

  /// One run, to its end.
  ServerResponse ofRun(ServerRequest request) {
    var door = sessions.get();
    var run = SessionHandlers.find(door, request);
    return stream(
        new Viewer(door.runs(), run.version() - 1, other -> other.id().equals(run.id()), true));
  }

  /// All runs, for as long as the viewer stays.
  ServerResponse ofAll(ServerRequest request) {
    var runs = sessions.get().runs();
    long newest = runs.newest(1).stream().mapToLong(WarmRun::version).findFirst().orElse(1);
    return stream(new Viewer(runs, newest - 1, _ -> true, false));
  }

  private static ServerResponse stream(Viewer viewer) {
    return LongResponse.of(MediaType.TEXT_EVENT_STREAM, ServerResponse.ok(), viewer::follow);
  }

  /// Somebody who watches.
  ///
  /// @param since the version of the newest state that is of no interest
  /// @param wanted which runs
  /// @param once whether the end of a run is the end of the stream
  private record Viewer(SessionRuns runs, long since, Predicate<WarmRun> wanted, boolean once) {

    void follow(StreamBuilder stream) throws IOException, InterruptedException {
      stream.write(RETRY).flush();
      tell(stream);
    }

    private void tell(StreamBuilder stream) throws IOException, InterruptedException {
      long seen = since;
      while (!runs.isClosed()) {
        var news = runs.changesAfter(seen, HEARTBEAT);
        if (news.isEmpty()) {
          stream.write(ALIVE);
        }
        for (var run : news) {
          seen = run.version();
          if (wanted.test(run)) {
            stream.write(event(run));
            if (once && run.isOver()) {
              stream.flush();
              return;
            }
          }
        }
        stream.flush();
      }
    }
  }

  static String event(WarmRun run) {
    return "id: %d\nevent: %s\ndata: %s\n\n"
        .formatted(
            run.version(), run.isOver() ? "complete" : "progress", Json.write(Wire.Run.of(run)));
  }
}
