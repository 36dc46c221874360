package io.stoker.sessions;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.WarmOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Reads ahead on a thread of its own, so that Postgres, this process and Redis work at once.
///
/// Two phases in one transaction, and so in one state of the database: the hottest sessions in the
/// index's order, of which the first arrives within milliseconds, then the others in whatever order
/// Postgres reads fastest, with as many workers as it likes. Sessions as active as the last of the
/// first phase belong to it, so that the second begins strictly below. A sort of wide rows is
/// avoided: the bulk is bounded by the activity of the last session within the limit. Those as
/// active as that one come at the very end, as many as fit.
///
/// Memory is bounded by the queue: three chunks, each of a thousand entries or a megabyte.
final class JdbcSessionCursor implements SessionCursor {

  private static final int CHUNKS_AHEAD = 3;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private static final SessionChunk EMPTY = new SessionChunk(List.of(), List.of(), Instant.EPOCH);

  private final JdbcSessionSource source;
  private final SessionQuery query;
  private final Fence fence;
  private final Time time;
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
  private final Thread reader;
  private volatile boolean closed;
  private volatile @Nullable Connection connection;
  private boolean ended;

  private JdbcSessionCursor(JdbcSessionSource source, SessionQuery query, Fence fence, Time time) {
    this.source = source;
    this.query = query;
    this.fence = fence;
    this.time = time;
    // A platform thread: encoding rows is work for a core, which would hold up virtual threads.
    this.reader = BackgroundTask.platform("stoker-session-source", this::run);
  }

  static JdbcSessionCursor start(
      JdbcSessionSource source, SessionQuery query, Fence fence, Time time) {
    var reading = new JdbcSessionCursor(source, query, fence, time);
    reading.reader.start();
    return reading;
  }

  @Override
  public Optional<SessionChunk> next(Duration timeout) throws InterruptedException {
    if (ended) {
      return Optional.empty();
    }
    return switch (queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      case null -> Optional.of(EMPTY);
      case Item.Chunk(SessionChunk chunk) -> Optional.of(chunk);
      case Item.End _ -> {
        ended = true;
        yield Optional.empty();
      }
      case Item.Failed(StokerException failure) -> {
        ended = true;
        throw failure;
      }
    };
  }

  @Override
  public void close() {
    closed = true;
    if (!ended) {
      cancel();
    }
    queue.clear();
    try {
      if (!reader.join(CLOSE_TIMEOUT)) {
        abort();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abort();
    }
  }

  /// What the reading thread passes on.
  private sealed interface Item {
    record Chunk(SessionChunk chunk) implements Item {}

    record End() implements Item {}

    record Failed(StokerException failure) implements Item {}
  }

  private void run() {
    Item last = new Item.End();
    try (var opened = source.connect();
        JdbcSessionSource.Rollback _ = opened::rollback) {
      connection = opened;
      if (!closed) {
        read(opened);
      }
    } catch (SQLException e) {
      last = new Item.Failed(SourceErrors.of("read the sessions", e));
    } catch (StokerException e) {
      last = new Item.Failed(e);
    } catch (RuntimeException | Error e) {
      last =
          new Item.Failed(
              new StokerException(Code.SOURCE_REFUSED, "The sessions could not be read: " + e, e));
    } finally {
      connection = null;
    }
    offer(last);
  }

  private void read(Connection opened) throws SQLException {
    var clock = new SourceClock(source.begin(opened, query), time.ticks());
    var writer = source.writer(source.describe(opened), fence);

    var hottest = new Phase(clock, writer, query.chunkSize());
    hottest.run(opened, source.sql().hottest(writer.selected()));
    if (hottest.rows == 0) {
      source.requireVisible(opened);
    }
    if (closed || hottest.rows < query.hottest() || hottest.rows >= query.limit()) {
      return;
    }
    var bounds = source.boundBulk(opened, query, hottest.leastActive());
    var bulk = new Phase(clock, writer, query.bulkChunkSize());
    bulk.run(opened, source.sql().bulk(writer.selected(), bounds));

    long rest = query.limit() - hottest.rows - bulk.rows;
    if (closed || rest == 0 || query.limit() == SessionPlan.ALL) {
      return;
    }
    source.boundLast(opened, rest);
    new Phase(clock, writer, query.bulkChunkSize())
        .run(opened, source.sql().last(writer.selected()));
  }

  /// The source's clock, continued by this process' clock.
  private record SourceClock(Instant atStart, Duration ticksAtStart) {
    Instant at(Duration ticks) {
      return atStart.plus(ticks.minus(ticksAtStart));
    }
  }

  /// One COPY, divided into chunks.
  private final class Phase {

    private final SourceClock clock;
    private final RowMapper writer;
    private final int chunkSize;
    private long rows;
    private long lastActivity;
    private List<SessionEntry> entries = new ArrayList<>();
    private List<WarmOutcome.Failed> unreadable = new ArrayList<>();
    private long bytes;

    Phase(SourceClock clock, RowMapper writer, int chunkSize) {
      this.clock = clock;
      this.writer = writer;
      this.chunkSize = chunkSize;
    }

    /// The activity of the last row, which is the least where rows come in order.
    Instant leastActive() {
      return SourceColumn.instant(lastActivity);
    }

    void run(Connection opened, String sql) throws SQLException {
      try (var row = JdbcSessionSource.copy(opened, sql)) {
        while (!closed && row.next()) {
          add(row);
          if (entries.size() + unreadable.size() >= chunkSize || bytes >= CHUNK_BYTES) {
            passOn();
          }
        }
      }
      if (!entries.isEmpty() || !unreadable.isEmpty()) {
        passOn();
      }
    }

    private void add(CopyRow row) {
      rows++;
      lastActivity = row.integer(row.columns() - 1);
      try {
        var entry = writer.write(row);
        entries.add(entry);
        bytes += entry.value().length;
      } catch (UnreadableRowException e) {
        unreadable.add(new WarmOutcome.Failed(e.reason(), false));
      }
    }

    private void passOn() {
      offer(new Item.Chunk(new SessionChunk(entries, unreadable, clock.at(time.ticks()))));
      entries = new ArrayList<>(chunkSize);
      unreadable = new ArrayList<>();
      bytes = 0;
    }
  }

  private void offer(Item item) {
    try {
      while (!closed && !queue.offer(item, 100, TimeUnit.MILLISECONDS)) {
        // Redis is slower than Postgres; COPY waits, too.
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /// Asks Postgres to stop, then closes the connection, in case it does not react.
  private void cancel() {
    var opened = connection;
    if (opened == null) {
      reader.interrupt();
      return;
    }
    BackgroundTask.start(
        "stoker-session-cancel",
        () -> {
          try {
            opened.unwrap(PGConnection.class).cancelQuery();
            opened.abort(Runnable::run);
          } catch (SQLException e) {
            reader.interrupt();
          }
        });
  }

  /// Closes the connection where not even the request to stop arrives.
  private void abort() {
    var opened = connection;
    if (opened != null) {
      try {
        opened.abort(Runnable::run);
      } catch (SQLException e) {
        reader.interrupt();
      }
    }
  }
}
