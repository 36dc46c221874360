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
/// `deleted`; and `waiting` when the queue begins or ends to wait for the pipeline.
///
/// Ids are those of the log, so that a viewer that comes back with the last one it saw gets what it
/// missed. The log is read by one reader for all viewers, and what a line means is looked up once.
/// Thread-safe.
public final class AnswerStream {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerStream.class);

  /// How long a viewer waits before it reads on, so that events in quick succession are sent
  /// together.
  private static final Duration COLLECT = Duration.ofMillis(100);

  /// How soon a viewer learns that the queue waits, which is not in the log.
  private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final int PAGE = 1000;
  private static final int MOST_OPEN = 100;
  private static final int MOST_CACHED = 20_000;

  private final AnswerServices answers;
  private final Time time;

  /// What queries and batches are by now, shared by all viewers.
  private final Cache<Long, String> queries = cache();

  private final Cache<Long, Snapshot> snapshots = cache();

  public AnswerStream(AnswerServices answers, Time time) {
    this.answers = answers;
    this.time = time;
  }

  private static <T> Cache<Long, T> cache() {
    return Caffeine.newBuilder()
        .maximumSize(MOST_CACHED)
        .expireAfterWrite(Duration.ofSeconds(2))
        .build();
  }

  /// A batch as it was when the log had come to a line.
  ///
  /// @param batch empty if it was deleted
  /// @param json its progress; empty if it was deleted
  private record Snapshot(long line, Optional<Batch> batch, String json) {}

  /// One batch, to its end.
  ServerResponse ofBatch(ServerRequest request) {
    var query = QueryParameters.of(request, "batch_id", "last_event_id");
    var id = query.number("batch_id");
    if (id == null) {
      throw new InvalidValueException("batch_id", "expected the number of a batch, got none");
    }
    if (answers.store().queue().batch(id).isEmpty()) {
      throw AnswerHandlers.unknown("batch", Long.toString(id));
    }
    return stream(new Viewer(id, lastSeen(request, query)));
  }

  /// All batches, for as long as the viewer stays.
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

  /// A client that watches. Confined to one thread.
  private final class Viewer {

    private final @Nullable Long only;
    private final @Nullable Long lastSeen;
    private AnswerWorker.@Nullable Wait waiting;

    /// @param only the one batch of interest; null for all
    /// @param lastSeen the last line it has seen; null if none
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

    /// Sends what the viewer has missed, or the present state if the log no longer has it.
    ///
    /// @return the line after which to go on; negative if this is the end
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
        if (addNews(events, missed)) {
          return -1;
        }
        events.flush();
      }
      // It may have been over before.
      return only != null && addState(events, line, null) ? -1 : line;
    }

    private long next(EventStream events, long line) throws InterruptedException {
      long seen = line;
      try {
        var news = answers.feed().after(line, CHECK_EVERY);
        if (!news.isEmpty()) {
          if (addNews(events, news)) {
            return -1;
          }
          seen = news.getLast().id();
        }
        time.pause(COLLECT);
      } catch (StokerException e) {
        LOG.debug("A viewer waits for the store: {}", e.getMessage());
        events.discard();
        time.pause(RETRY_AFTER);
      }
      addWaiting(events, seen);
      return seen;
    }

    /// Adds whether the queue waits, if that has changed.
    private void addWaiting(EventStream events, long line) {
      var now = answers.worker().status().waiting();
      if (!isSame(now, waiting)) {
        waiting = now;
        events.add(line, "waiting", new AnswerWire.Held(AnswerWire.Waiting.of(now, time.now())));
      }
    }

    /// The time of the next try is computed anew each time, from two clocks.
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

    /// Adds the state of the batches of interest.
    ///
    /// @return whether this is the end of the stream
    private boolean addState(EventStream events, long line, @Nullable Boolean fullState) {
      if (only != null) {
        return addState(events, snapshot(only, line), only, line, fullState);
      }
      for (var state : List.of(BatchState.PENDING, BatchState.RUNNING, BatchState.PAUSED)) {
        for (var batch : answers.store().queue().batches(state, MOST_OPEN, null).items()) {
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

    /// Adds what these lines mean: queries that have ended, and the state of each batch, once. Of
    /// several events of a line only the last has its number, and those before it have the number
    /// before, so that a viewer whose connection breaks between them gets the rest.
    ///
    /// @return whether this is the end of the stream
    private boolean addNews(EventStream events, List<AnswerLog.Event> news) {
      long newest = news.getLast().id();
      var lines = new HashMap<Long, AnswerLog.Event>();
      for (var event : news) {
        if (only == null || event.batchId() == only) {
          lines.merge(
              event.batchId(),
              event,
              (former, later) -> isNews(later, newest) || !isNews(former, newest) ? later : former);
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

    /// Whether a batch was paused or completed by this line, and still is.
    private boolean isNews(AnswerLog.Event event, long newest) {
      return switch (event.kind()) {
        case PAUSED -> hasState(event, newest, state -> state == BatchState.PAUSED);
        case COMPLETE -> hasState(event, newest, BatchState::isOver);
        case CHANGED, QUESTION, DELETED -> false;
      };
    }

    private boolean hasState(AnswerLog.Event event, long newest, Predicate<BatchState> wanted) {
      return snapshot(event.batchId(), newest).batch.map(Batch::state).filter(wanted).isPresent();
    }

    /// Adds the state of a batch.
    ///
    /// @return whether this is the end of the stream
    private boolean addBatch(EventStream events, AnswerLog.Event event, long newest) {
      var snapshot = snapshot(event.batchId(), newest);
      if (snapshot.batch.isEmpty()) {
        events.add(event.id(), "deleted", new AnswerWire.Deleted(event.batchId()));
        return only != null;
      }
      if (!isNews(event, newest)) {
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

    /// The batch as it is by now, read again only if the cached one is older than the line.
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
