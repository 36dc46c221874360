package io.stoker.sessions;

import io.stoker.BackgroundTask;
import io.stoker.sessions.PgOutput.Message;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// The changes that Postgres sends from a slot, from its confirmed position on.
///
/// A thread of its own waits for them, and answers Postgres' question whether anybody is there;
/// what it has received waits in a queue, and beyond that with Postgres. Its owner is one thread.
final class ReplicationStream implements AutoCloseable {

  private static final int QUEUE = 10_000;

  private final Connection connection;
  private final PGReplicationStream stream;
  private final PgOutput format;
  private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong queued = new AtomicLong();
  private final Thread reader;
  private volatile @Nullable Exception failure;
  private volatile boolean closed;

  // Confined to the owner.
  private long taken;

  private ReplicationStream(Connection connection, PGReplicationStream stream, PgOutput format) {
    this.connection = connection;
    this.stream = stream;
    this.format = format;
    this.reader = BackgroundTask.platform("stoker-session-changes", this::receive);
  }

  /// Begins to read.
  ///
  /// @throws SQLException if there is no such slot, or somebody else reads it
  static ReplicationStream open(
      ReplicationConnector connector, FollowSettings settings, PgOutput format)
      throws SQLException {
    var connection = connector.connect();
    try {
      var stream =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(settings.slot())
              .withSlotOption("proto_version", 1)
              .withSlotOption("publication_names", quoted(settings.publication()))
              .withStatusInterval(1, TimeUnit.SECONDS)
              .withAutomaticFlush(false)
              .start();
      var changes = new ReplicationStream(connection, stream, format);
      changes.reader.start();
      return changes;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void receive() {
    try {
      while (!closed) {
        var buffer = stream.read();
        if (buffer == null) {
          throw new SQLException("Postgres has ended the stream of changes");
        }
        var message = format.read(buffer);
        if (message.isPresent()) {
          queue.put(message.get());
          queued.incrementAndGet();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (SQLException | RuntimeException e) {
      failure = e;
    }
  }

  /// What has arrived; empty if nothing has within `timeout`.
  ///
  /// @param most how many messages at the most
  /// @throws SQLException if the connection broke
  List<Message> next(int most, Duration timeout) throws SQLException, InterruptedException {
    var messages = new ArrayList<Message>();
    var first = queue.poll(failure == null ? timeout.toMillis() : 0, TimeUnit.MILLISECONDS);
    if (first == null) {
      requireConnected();
      return messages;
    }
    messages.add(first);
    queue.drainTo(messages, most - 1);
    taken += messages.size();
    return messages;
  }

  private void requireConnected() throws SQLException {
    switch (failure) {
      case null -> {}
      case SQLException e -> throw e;
      case RuntimeException e -> throw e;
      case Exception e -> throw new SQLException(e);
    }
  }

  /// Up to where Postgres has sent everything that there is about followed rows; 0 if something is
  /// waiting in the queue. Says nothing while the owner is in the middle of a transaction.
  long seenUpTo() {
    // In this order: what comes before the position is in the queue by then.
    long received = stream.getLastReceiveLSN().asLong();
    return queued.get() == taken ? received : 0;
  }

  /// Tells Postgres, within a second, that everything up to a position is in the cache.
  void confirm(long position) {
    var number = LogSequenceNumber.valueOf(position);
    stream.setAppliedLSN(number);
    stream.setFlushedLSN(number);
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    // The stream's own close waits for the server, which may be gone.
    connection.abort(Runnable::run);
    reader.interrupt();
  }
}
