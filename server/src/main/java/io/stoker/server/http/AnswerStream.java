package io.stoker.server.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerEvent;
import io.stoker.answers.AnswerWait;
import io.stoker.answers.Batch;
import io.stoker.answers.BatchState;
import io.stoker.answers.QueryState;
import io.stoker.server.AnswerWire;
import io.stoker.server.AnswerWire.Progress;
import io.stoker.server.Answers;
import io.stoker.server.BadValue;
import io.stoker.server.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// How batches go, as server-sent events: `progress`, `query`, `paused`, `complete`, `deleted`; and
/// `waiting` when the queue begins or ends to wait for the pipeline.
///
/// Ids are those of the log, so that a viewer who comes back with the last one it saw gets what it
/// missed. The log is read by one reader for all viewers, and what a line means is looked up once.
/// Thread-safe.
public final class AnswerStream {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerStream.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /// How long a viewer waits before the next look, so that what comes in quick succession is sent
  /// together.
  private static final Duration BREATH = Duration.ofMillis(100);

  /// How soon a viewer learns that the queue waits, which stands in no log.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final String RETRY = "retry: 2000\n\n";
  private static final String ALIVE = ": still here\n\n";
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
  private static final int CHUNK = 1000;
  private static final int MOST_OPEN = 100;
  private static final int KNOWN = 20_000;

  private final Answers answers;
  private final Time time;

  /// What queries and batches are by now, for as long as many may ask.
  private final Cache<Long, String> queries = known();

  private final Cache<Long, Snapshot> snapshots = known();

  public AnswerStream(Answers answers, Time time) {
    this.answers = answers;
    this.time = time;
  }

  private static <T> Cache<Long, T> known() {
    return Caffeine.newBuilder().maximumSize(KNOWN).expireAfterWrite(Duration.ofSeconds(2)).build();
  }

  /// A batch as it was when the log had come to a line.
  ///
  /// @param batch nothing if it is no more
  /// @param text its progress as JSON
  private record Snapshot(long line, Optional<Batch> batch, String text) {}

  /// One batch, to its end.
  ServerResponse ofBatch(ServerRequest request) {
    var query = Query.of(request, "batch_id", "last_event_id");
    var id = query.number("batch_id");
    if (id == null) {
      throw new BadValue("batch_id", "wanted the number of a batch, but came none");
    }
    if (answers.store().queue().batch(id).isEmpty()) {
      throw AnswerHandlers.unknown("batch", Long.toString(id));
    }
    return stream(new Viewer(id, lastSeen(request, query)));
  }

  /// All batches, for as long as the viewer stays.
  ServerResponse ofAll(ServerRequest request) {
    var query = Query.of(request, "last_event_id");
    return stream(new Viewer(null, lastSeen(request, query)));
  }

  private static @Nullable Long lastSeen(ServerRequest request, Query query) {
    var header = request.headers().firstHeader("Last-Event-ID");
    if (header == null || header.isBlank()) {
      return query.number("last_event_id");
    }
    try {
      return Long.valueOf(header.strip());
    } catch (NumberFormatException _) {
      throw new BadValue("Last-Event-ID", "wanted a whole number, but came \"" + header + "\"");
    }
  }

  private ServerResponse stream(Viewer viewer) {
    return LongResponse.of(MediaType.TEXT_EVENT_STREAM, ServerResponse.ok(), viewer::follow);
  }

  /// Somebody who watches. Confined to one thread.
  private final class Viewer {

    private final @Nullable Long only;
    private final @Nullable Long lastSeen;
    private Duration wrote = Duration.ZERO;
    private @Nullable AnswerWait waiting;

    /// @param only the one batch of interest; null for all
    /// @param lastSeen the last line it has seen; null if none
    Viewer(@Nullable Long only, @Nullable Long lastSeen) {
      this.only = only;
      this.lastSeen = lastSeen;
    }

    void follow(StreamBuilder stream) throws IOException, InterruptedException {
      stream.write(RETRY).flush();
      wrote = time.ticks();
      long line = catchUp(stream);
      tellWaiting(stream, line);
      while (line >= 0 && !answers.feed().isClosed()) {
        line = goOn(stream, line);
      }
    }

    /// Tells what the viewer has missed, or how things stand if the log does not know any more.
    ///
    /// @return the line to go on after; negative if there is nothing to go on with
    private long catchUp(StreamBuilder stream) throws IOException {
      var log = answers.store().log();
      long newest = log.newest();
      var seen = lastSeen;
      if (seen == null || seen > newest || seen < log.oldest() - 1) {
        return tell(stream, standing(newest, seen == null ? null : true)) ? -1 : newest;
      }
      long line = seen;
      while (line < newest) {
        var missed = log.after(line, CHUNK);
        if (missed.isEmpty()) {
          break;
        }
        line = missed.getLast().id();
        if (tell(stream, told(missed))) {
          return -1;
        }
      }
      // It may have been over before.
      return only != null && tell(stream, standing(line, null)) ? -1 : line;
    }

    private long goOn(StreamBuilder stream, long line) throws IOException, InterruptedException {
      long seen = line;
      try {
        var news = answers.feed().after(line, LOOK);
        if (!news.isEmpty()) {
          if (tell(stream, told(news))) {
            return -1;
          }
          seen = news.getLast().id();
        }
        time.pause(BREATH);
      } catch (StokerException e) {
        LOG.debug("A viewer waits for the store: {}", e.getMessage());
        time.pause(AFTER_TROUBLE);
      }
      tellWaiting(stream, seen);
      if (time.ticks().minus(wrote).compareTo(HEARTBEAT) >= 0) {
        write(stream, ALIVE);
      }
      return seen;
    }

    /// Tells whether the queue waits, if that is another thing than the last time.
    private void tellWaiting(StreamBuilder stream, long line) throws IOException {
      var now = answers.worker().status().waiting();
      if (line >= 0 && !isSame(now, waiting)) {
        waiting = now;
        var held = new AnswerWire.Held(AnswerWire.Waiting.of(now, time.now()));
        write(stream, event(line, "waiting", Json.write(held)));
      }
    }

    /// The time of the next try is said anew each time, from two clocks.
    private static boolean isSame(@Nullable AnswerWait one, @Nullable AnswerWait other) {
      if (one == null || other == null) {
        return one == null && other == null;
      }
      return one.cause() == other.cause()
          && one.since().equals(other.since())
          && one.lastError().equals(other.lastError())
          && isNear(one.nextTry(), other.nextTry());
    }

    private static boolean isNear(@Nullable Instant one, @Nullable Instant other) {
      return (one == null || other == null)
          ? one == null && other == null
          : Duration.between(one, other).abs().compareTo(LOOK) < 0;
    }

    /// What is to be sent, and whether it is the end of the stream.
    private record Telling(String text, boolean last) {}

    private boolean tell(StreamBuilder stream, Telling telling) throws IOException {
      if (!telling.text.isEmpty()) {
        write(stream, telling.text);
      }
      return telling.last;
    }

    private void write(StreamBuilder stream, String text) throws IOException {
      stream.write(text).flush();
      wrote = time.ticks();
    }

    /// How the batches stand that are of interest.
    private Telling standing(long line, @Nullable Boolean fullState) {
      if (only != null) {
        var snapshot = snapshot(only, line);
        var state = state(snapshot);
        if (state == null) {
          var deleted = Json.write(new AnswerWire.Deleted(only));
          return new Telling(event(line, "deleted", deleted), true);
        }
        var progress = fullState == null ? snapshot.text : progress(snapshot.batch, fullState);
        var complete = state.isOver() ? event(line, "complete", snapshot.text) : "";
        return new Telling(event(line, "progress", progress) + complete, state.isOver());
      }
      var text = new StringBuilder();
      for (var state : List.of(BatchState.PENDING, BatchState.RUNNING, BatchState.PAUSED)) {
        for (var batch : answers.store().queue().batches(state, MOST_OPEN, null).items()) {
          text.append(event(line, "progress", progress(Optional.of(batch), fullState)));
        }
      }
      return new Telling(text.toString(), false);
    }

    /// What these lines mean: every query that has ended, then how each batch stands.
    private Telling told(List<AnswerEvent> news) {
      var text = new StringBuilder();
      var batches = new LinkedHashSet<Long>();
      var paused = new HashSet<Long>();
      var completed = new HashSet<Long>();
      for (var event : news) {
        if (only == null || event.batchId() == only) {
          batches.add(event.batchId());
          switch (event.kind()) {
            case QUERY -> text.append(queryEvent(event));
            case PAUSED -> paused.add(event.batchId());
            case COMPLETE -> completed.add(event.batchId());
            case CHANGED, DELETED -> {}
          }
        }
      }
      long line = news.getLast().id();
      boolean last = false;
      for (long id : batches) {
        var snapshot = snapshot(id, line);
        var state = state(snapshot);
        if (state == null) {
          text.append(event(line, "deleted", Json.write(new AnswerWire.Deleted(id))));
          last = only != null;
          continue;
        }
        text.append(event(line, "progress", snapshot.text));
        if (state == BatchState.PAUSED && paused.contains(id)) {
          text.append(event(line, "paused", snapshot.text));
        }
        if (state.isOver() && completed.contains(id)) {
          text.append(event(line, "complete", snapshot.text));
          last = only != null;
        }
      }
      return new Telling(text.toString(), last);
    }

    private static @Nullable BatchState state(Snapshot snapshot) {
      return snapshot.batch.map(Batch::state).orElse(null);
    }

    private String queryEvent(AnswerEvent event) {
      var json =
          queries.get(
              event.id(),
              _ ->
                  answers
                      .store()
                      .queue()
                      .query(event.queryId())
                      .map(query -> Json.write(AnswerWire.Query.of(query)))
                      .orElse(""));
      return json.isEmpty() ? "" : event(event.id(), "query", json);
    }

    /// The batch as it is by now, looked up again only if the one at hand is older than the line.
    private Snapshot snapshot(long batch, long line) {
      return snapshots
          .asMap()
          .compute(
              batch, (_, known) -> known != null && known.line >= line ? known : look(batch, line));
    }

    private Snapshot look(long id, long line) {
      var batch = answers.store().queue().batch(id);
      return new Snapshot(line, batch, progress(batch, null));
    }

    private String progress(Optional<Batch> batch, @Nullable Boolean fullState) {
      return batch
          .map(known ->
              Json.write(
                  new Progress(AnswerWire.Batch.of(known, time.now()), current(known), fullState)))
          .orElse("");
    }

    private @Nullable String current(Batch batch) {
      if (batch.state() != BatchState.RUNNING) {
        return null;
      }
      var processing =
          answers.store().queue().queries(batch.id(), QueryState.PROCESSING, 1, null).items();
      return processing.isEmpty() ? null : processing.getFirst().question();
    }
  }

  static String event(long id, String name, String json) {
    return "id: " + id + "\nevent: " + name + "\ndata: " + json + "\n\n";
  }
}
