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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// A cursor that reads ahead on its own thread, so that Postgres, this process and Redis work in
/// parallel.
///
/// Reads in two phases within one transaction, and so one snapshot: first the most recently active
/// ("hottest") sessions in index order, which arrive within milliseconds; then the rest (the
/// "bulk") in whatever order Postgres reads fastest, possibly with parallel workers. Sessions that
/// tie with the last of the first phase belong to it, so the bulk begins strictly below. To avoid
/// sorting wide rows, the bulk is bounded by the activity of the last session within the limit.
/// Sessions that tie with that one are read last, as many as fit.
///
/// Memory is bounded by the queue: three chunks, each of up to a thousand entries or a megabyte.
final class JdbcSessionCursor implements SessionCursor {

  private static final int CHUNKS_AHEAD = 3;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private static final WarmOutcome.Failed NO_ACTIVITY =
      new WarmOutcome.Failed("last_activity_at is null", false);
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
    // A platform thread, since encoding rows is CPU-bound and would starve virtual threads.
    this.reader = BackgroundTask.platform("stoker-session-source", this::run);
  }

  static JdbcSessionCursor start(
      JdbcSessionSource source, SessionQuery query, Fence fence, Time time) {
    var cursor = new JdbcSessionCursor(source, query, fence, time);
    cursor.reader.start();
    return cursor;
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

  /// A message from the reader thread.
  private sealed interface Item {
    record Chunk(SessionChunk chunk) implements Item {}

    record End() implements Item {}

    record Failed(StokerException failure) implements Item {}
  }

  private void run() {
    Item last = new Item.End();
    try (var opened = source.connect();
        JdbcSessionSource.Rollback _ = () -> JdbcSessionSource.rollback(opened)) {
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
    var mapper = source.mapper(source.describe(opened), fence);

    var hottest = new Phase(clock, mapper, query.chunkSize());
    hottest.run(opened, source.sql().hottest(mapper.selected()));
    long rows = hottest.rows;
    if (!closed && rows >= query.hottest() && rows < query.limit()) {
      rows += readBulk(opened, clock, mapper, hottest);
    }
    if (!closed && rows < query.limit()) {
      rows += countWithoutActivity(opened, clock, query.limit() - rows);
    }
    if (rows == 0) {
      source.requireVisible(opened);
    }
  }

  private long readBulk(Connection opened, SourceClock clock, RowMapper mapper, Phase hottest)
      throws SQLException {
    var bounds = source.boundBulk(opened, query, hottest.leastActive());
    var bulk = new Phase(clock, mapper, query.bulkChunkSize());
    bulk.run(opened, source.sql().bulk(mapper.selected(), bounds));

    long rest = query.limit() - hottest.rows - bulk.rows;
    if (closed || rest == 0 || query.limit() == SessionPlan.ALL) {
      return bulk.rows;
    }
    source.boundLast(opened, rest);
    var last = new Phase(clock, mapper, query.bulkChunkSize());
    last.run(opened, source.sql().last(mapper.selected()));
    return bulk.rows + last.rows;
  }

  private long countWithoutActivity(Connection opened, SourceClock clock, long rest)
      throws SQLException {
    long count = source.withoutActivity(opened, rest);
    for (long left = count; left > 0 && !closed; left -= query.bulkChunkSize()) {
      var unreadable =
          Collections.nCopies((int) Math.min(left, query.bulkChunkSize()), NO_ACTIVITY);
      offer(new Item.Chunk(new SessionChunk(List.of(), unreadable, clock.at(time.ticks()))));
    }
    return count;
  }

  /// The source's clock, extrapolated by this process' monotonic clock.
  private record SourceClock(Instant atStart, Duration ticksAtStart) {
    Instant at(Duration ticks) {
      return atStart.plus(ticks.minus(ticksAtStart));
    }
  }

  /// One COPY, split into chunks.
  private final class Phase {

    private final SourceClock clock;
    private final RowMapper mapper;
    private final int chunkSize;
    private long rows;
    private long lastActivity;
    private List<SessionEntry> entries = new ArrayList<>();
    private List<WarmOutcome.Failed> unreadable = new ArrayList<>();
    private long bytes;

    Phase(SourceClock clock, RowMapper mapper, int chunkSize) {
      this.clock = clock;
      this.mapper = mapper;
      this.chunkSize = chunkSize;
    }

    /// The activity of the last row, the least recent one if rows are ordered.
    Instant leastActive() {
      return SourceColumn.instant(lastActivity);
    }

    void run(Connection opened, String sql) throws SQLException {
      try (var row = JdbcSessionSource.copy(opened, sql)) {
        while (!closed && row.next()) {
          add(row);
          if (entries.size() + unreadable.size() >= chunkSize || bytes >= CHUNK_BYTES) {
            flush();
          }
        }
      }
      if (!entries.isEmpty() || !unreadable.isEmpty()) {
        flush();
      }
    }

    private void add(CopyRow row) {
      rows++;
      lastActivity = row.integer(row.columns() - 1);
      try {
        var entry = mapper.map(row);
        entries.add(entry);
        bytes += entry.value().length;
      } catch (UnreadableRowException e) {
        unreadable.add(new WarmOutcome.Failed(e.reason(), false));
      }
    }

    private void flush() {
      offer(new Item.Chunk(new SessionChunk(entries, unreadable, clock.at(time.ticks()))));
      entries = new ArrayList<>(chunkSize);
      unreadable = new ArrayList<>();
      bytes = 0;
    }
  }

  private void offer(Item item) {
    try {
      while (!closed && !queue.offer(item, 100, TimeUnit.MILLISECONDS)) {
        // Redis is slower than Postgres; blocking here pauses the COPY.
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /// Sends a cancel request to Postgres, then closes the connection in case it is ignored.
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

  /// Closes the connection where not even the cancel request arrives.
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
