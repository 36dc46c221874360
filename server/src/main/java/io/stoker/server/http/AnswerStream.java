package io.stoker.server.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerLog;
import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.Batch;
import io.stoker.answers.BatchState;
import io.stoker.answers.QuestionState;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.AnswerWire.Progress;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The progress of batches as server-sent events: `progress`, `query`, `paused`, `complete`,
/// `deleted`; and `waiting` when the queue starts or stops waiting for the pipeline.
///
/// Event ids are those of the log, so that a viewer that reconnects with its last id gets what it
/// missed. One reader reads the log for all viewers, and each event is resolved once. Thread-safe.
public final class AnswerStream {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerStream.class);

  /// The pause between reads, so that events in quick succession are sent together.
  private static final Duration COLLECT = Duration.ofMillis(100);

  /// The interval between checks whether the queue waits, which is not in the log.
  private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final int PAGE = 1000;
  private static final int MAX_OPEN_BATCHES = 100;
  private static final int CACHE_SIZE = 20_000;

  private final AnswerServices answers;
  private final Time time;

  /// The JSON of queries by event, and the latest batches, shared by all viewers.
  private final Cache<Long, String> queries = cache();

  private final Cache<Long, Snapshot> snapshots = cache();

  public AnswerStream(AnswerServices answers, Time time) {
    this.answers = answers;
    this.time = time;
  }

  private static <T> Cache<Long, T> cache() {
    return Caffeine.newBuilder()
        .maximumSize(CACHE_SIZE)
        .expireAfterWrite(Duration.ofSeconds(2))
        .build();
  }

  /// A batch, at least as new as an event of the log.
  ///
  /// @param batch empty if it was deleted
  /// @param json its progress; empty if it was deleted
  private record Snapshot(long line, Optional<Batch> batch, String json) {}

  /// Streams one batch to its end.
  ServerResponse ofBatch(ServerRequest request) {
    var query = QueryParameters.of(request, "batch_id", "last_event_id");
    var id = query.number("batch_id");
    if (id == null) {
      throw new InvalidValueException("batch_id", "expected the number of a batch, got none");
    }
    if (answers.store().queue().batch(id).isEmpty()) {
      throw Problems.unknown("batch", Long.toString(id));
    }
    return stream(new Viewer(id, lastSeen(request, query)));
  }

  /// Streams all batches until the viewer disconnects.
  ServerResponse ofAll(ServerRequest request) {
    var query = QueryParameters.of(request, "last_event_id");
    return stream(new Viewer(null, lastSeen(request, query)));
  }

  private static @Nullable Long lastSeen(ServerRequest request, QueryParameters query) {
    var header = request.headers().firstHeader("Last-Event-ID");
    if (header == null || header.isBlank()) {
      return query.number("last_event_id");
    }
    try {
      return Long.valueOf(header.strip());
    } catch (NumberFormatException _) {
      throw new InvalidValueException(
          "Last-Event-ID", "expected a whole number, got \"" + header + "\"");
    }
  }

  private ServerResponse stream(Viewer viewer) {
    return EventStream.of(time, viewer::follow);
  }

  /// A connected client. Confined to one thread.
  private final class Viewer {

    private final @Nullable Long only;
    private final @Nullable Long lastSeen;
    private AnswerWorker.@Nullable Wait waiting;

    /// @param only the batch to stream; null for all
    /// @param lastSeen the id of the last event that it received; null for none
    Viewer(@Nullable Long only, @Nullable Long lastSeen) {
      this.only = only;
      this.lastSeen = lastSeen;
    }

    void follow(EventStream events) throws IOException, InterruptedException {
      long line = catchUp(events);
      if (line >= 0) {
        addWaiting(events, line);
      }
      events.flush();
      while (line >= 0 && !answers.feed().isClosed()) {
        line = next(events, line);
        events.flush();
      }
    }

    /// Sends the events that the viewer has missed, or the current state if the log no longer has
    /// them.
    ///
    /// @return the last event sent; negative at the end of the stream
    private long catchUp(EventStream events) throws IOException {
      var log = answers.store().log();
      long newest = log.newest();
      var seen = lastSeen;
      if (seen == null || seen > newest || seen < log.oldest() - 1) {
        return addState(events, newest, seen == null ? null : true) ? -1 : newest;
      }
      long line = seen;
      while (line < newest) {
        var missed = log.after(line, PAGE);
        if (missed.isEmpty()) {
          break;
        }
        line = missed.getLast().id();
        if (addEvents(events, missed)) {
          return -1;
        }
        events.flush();
      }
      // The batch may have ended before.
      return only != null && addState(events, line, null) ? -1 : line;
    }

    private long next(EventStream events, long line) throws InterruptedException {
      long seen = line;
      try {
        var news = answers.feed().after(line, CHECK_EVERY);
        if (!news.isEmpty()) {
          if (addEvents(events, news)) {
            return -1;
          }
          seen = news.getLast().id();
        }
        time.pause(COLLECT);
      } catch (StokerException e) {
        LOG.debug("Events of batches could not be read; retrying: {}", e.getMessage());
        events.discard();
        time.pause(RETRY_AFTER);
      }
      addWaiting(events, seen);
      return seen;
    }

    /// Adds a `waiting` event if the wait has changed.
    private void addWaiting(EventStream events, long line) {
      var now = answers.worker().status().waiting();
      if (!isSame(now, waiting)) {
        waiting = now;
        events.add(line, "waiting", new AnswerWire.Held(AnswerWire.Waiting.of(now, time.now())));
      }
    }

    /// Compares waits; their next try may differ slightly, since it is computed from two clocks.
    private static boolean isSame(
        AnswerWorker.@Nullable Wait one, AnswerWorker.@Nullable Wait other) {
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
          : Duration.between(one, other).abs().compareTo(CHECK_EVERY) < 0;
    }

    /// Adds the current state of the streamed batches.
    ///
    /// @return whether the stream ends
    private boolean addState(EventStream events, long line, @Nullable Boolean fullState) {
      if (only != null) {
        return addState(events, snapshot(only, line), only, line, fullState);
      }
      for (var state : List.of(BatchState.PENDING, BatchState.RUNNING, BatchState.PAUSED)) {
        for (var batch : answers.store().queue().batches(state, MAX_OPEN_BATCHES, null).items()) {
          events.addJson(line, "progress", progress(batch, fullState));
        }
      }
      return false;
    }

    private boolean addState(
        EventStream events, Snapshot snapshot, long id, long line, @Nullable Boolean fullState) {
      var batch = snapshot.batch.orElse(null);
      if (batch == null) {
        events.add(line, "deleted", new AnswerWire.Deleted(id));
        return true;
      }
      events.addJson(
          line, "progress", fullState == null ? snapshot.json : progress(batch, fullState));
      if (batch.state().isOver()) {
        events.addJson(line, "complete", snapshot.json);
      }
      return batch.state().isOver();
    }

    /// Adds the queries that have ended, and the state of each batch once. Where several events
    /// come from one entry of the log, only the last has its id and the others the id before, so
    /// that a viewer whose connection breaks between them gets the rest.
    ///
    /// @return whether the stream ends
    private boolean addEvents(EventStream events, List<AnswerLog.Event> news) {
      long newest = news.getLast().id();
      var lines = new HashMap<Long, AnswerLog.Event>();
      for (var event : news) {
        if (only == null || event.batchId() == only) {
          lines.merge(
              event.batchId(),
              event,
              (former, later) ->
                  isStateChange(later, newest) || !isStateChange(former, newest) ? later : former);
        }
      }
      for (var event : news) {
        boolean hasState = event.equals(lines.get(event.batchId()));
        if (event.kind() == Kind.QUESTION && lines.containsKey(event.batchId())) {
          addQuery(events, event, hasState ? event.id() - 1 : event.id());
        }
        if (hasState && addBatch(events, event, newest)) {
          return true;
        }
      }
      return false;
    }

    /// Whether this event paused or completed a batch that still is in that state.
    private boolean isStateChange(AnswerLog.Event event, long newest) {
      return switch (event.kind()) {
        case PAUSED -> hasState(event, newest, state -> state == BatchState.PAUSED);
        case COMPLETE -> hasState(event, newest, BatchState::isOver);
        case CHANGED, QUESTION, DELETED -> false;
      };
    }

    private boolean hasState(AnswerLog.Event event, long newest, Predicate<BatchState> expected) {
      return snapshot(event.batchId(), newest).batch.map(Batch::state).filter(expected).isPresent();
    }

    /// Adds the state of a batch.
    ///
    /// @return whether the stream ends
    private boolean addBatch(EventStream events, AnswerLog.Event event, long newest) {
      var snapshot = snapshot(event.batchId(), newest);
      if (snapshot.batch.isEmpty()) {
        events.add(event.id(), "deleted", new AnswerWire.Deleted(event.batchId()));
        return only != null;
      }
      if (!isStateChange(event, newest)) {
        events.addJson(event.id(), "progress", snapshot.json);
        return false;
      }
      boolean isPaused = event.kind() == Kind.PAUSED;
      events.addJson(event.id() - 1, "progress", snapshot.json);
      events.addJson(event.id(), isPaused ? "paused" : "complete", snapshot.json);
      return only != null && !isPaused;
    }

    private void addQuery(EventStream events, AnswerLog.Event event, long id) {
      var json =
          queries.get(
              event.id(),
              _ ->
                  answers
                      .store()
                      .queue()
                      .question(event.questionId())
                      .map(query -> WireJson.write(AnswerWire.Query.of(query)))
                      .orElse(""));
      if (!json.isEmpty()) {
        events.addJson(id, "query", json);
      }
    }

    /// The batch, read again only if the cached one is older than the event.
    private Snapshot snapshot(long batch, long line) {
      return snapshots
          .asMap()
          .compute(
              batch,
              (_, cached) -> cached != null && cached.line >= line ? cached : read(batch, line));
    }

    private Snapshot read(long id, long line) {
      var batch = answers.store().queue().batch(id);
      return new Snapshot(line, batch, batch.map(read -> progress(read, null)).orElse(""));
    }

    private String progress(Batch batch, @Nullable Boolean fullState) {
      return WireJson.write(
          new Progress(AnswerWire.Batch.of(batch, time.now()), current(batch), fullState));
    }

    private @Nullable String current(Batch batch) {
      if (batch.state() != BatchState.RUNNING) {
        return null;
      }
      var processing =
          answers.store().queue().questions(batch.id(), QuestionState.PROCESSING, 1, null).items();
      return processing.isEmpty() ? null : processing.getFirst().text();
    }
  }
}
