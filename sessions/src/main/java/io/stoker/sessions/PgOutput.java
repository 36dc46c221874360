package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.sessions.RowChange.Kind;
import io.stoker.sessions.RowChange.Table;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the messages of Postgres' `pgoutput` plug-in, version 1 of its protocol (PostgreSQL
/// manual, "Logical Replication Message Formats"). Of a row it takes the key only. Confined to one
/// thread.
final class PgOutput {

  private static final int NO_COLUMN = -1;
  private static final long POSTGRES_EPOCH = 946_684_800_000_000L;

  private final Map<Integer, Followed> followed;
  private final Map<Integer, Integer> keyColumns = new HashMap<>();

  /// A followed table.
  ///
  /// @param key its key column
  record Followed(Table table, String key) {}

  /// What a message says.
  sealed interface Message {

    /// A transaction that has been committed follows.
    ///
    /// @param transaction its number
    /// @param at when it was committed, by the database's clock
    record Begin(int transaction, Instant at) implements Message {}

    /// A row has changed in it.
    record Row(RowChange change) implements Message {}

    /// That was all of it.
    ///
    /// @param end where the log goes on after it
    record Commit(long end) implements Message {}
  }

  /// @param followed tables by their numbers (OID) in Postgres
  PgOutput(Map<Integer, Followed> followed) {
    this.followed = Map.copyOf(followed);
  }

  /// The message in a buffer; nothing if it says nothing about followed rows.
  Optional<Message> read(ByteBuffer buffer) {
    char type = (char) buffer.get();
    return switch (type) {
      case 'B' -> Optional.of(begin(buffer));
      case 'C' -> Optional.of(commit(buffer));
      case 'R' -> relation(buffer);
      case 'I', 'U', 'D' -> row(type, buffer);
      case 'T' -> truncate(buffer);
      default -> Optional.empty();
    };
  }

  private static Message begin(ByteBuffer buffer) {
    buffer.getLong(); // where its commit stands
    var at = Instant.EPOCH.plus(buffer.getLong() + POSTGRES_EPOCH, ChronoUnit.MICROS);
    return new Message.Begin(buffer.getInt(), at);
  }

  private static Message commit(ByteBuffer buffer) {
    buffer.get(); // flags, none of which is used
    buffer.getLong(); // where it stands
    return new Message.Commit(buffer.getLong());
  }

  /// Comes before the first change of a table, and again after its columns have changed.
  private Optional<Message> relation(ByteBuffer buffer) {
    int number = buffer.getInt();
    text(buffer); // schema
    text(buffer); // name
    buffer.get(); // replica identity
    var table = followed.get(number);
    int columns = buffer.getShort();
    for (int i = 0; i < columns; i++) {
      buffer.get(); // flags
      var name = text(buffer);
      buffer.getInt(); // type
      buffer.getInt(); // its modifier
      if (table != null && name.equals(table.key())) {
        keyColumns.put(number, i);
      }
    }
    return Optional.empty();
  }

  private Optional<Message> row(char type, ByteBuffer buffer) {
    int number = buffer.getInt();
    var table = followed.get(number);
    if (table == null) {
      return Optional.empty();
    }
    var column = keyColumns.getOrDefault(number, NO_COLUMN);
    String oldKey = null;
    String newKey = null;
    while (buffer.hasRemaining()) {
      char part = (char) buffer.get();
      var key = key(buffer, column);
      if (key == null) {
        return change(table, Kind.UNKNOWN, null, null);
      }
      if (part == 'N') {
        newKey = key;
      } else {
        oldKey = key;
      }
    }
    var kind =
        switch (type) {
          case 'I' -> Kind.INSERT;
          case 'U' -> Kind.UPDATE;
          default -> Kind.DELETE;
        };
    return change(table, kind, oldKey, newKey);
  }

  private static Optional<Message> change(
      Followed table, Kind kind, @Nullable String oldKey, @Nullable String newKey) {
    return Optional.of(new Message.Row(new RowChange(table.table(), kind, oldKey, newKey)));
  }

  private Optional<Message> truncate(ByteBuffer buffer) {
    int tables = buffer.getInt();
    buffer.get(); // options
    for (int i = 0; i < tables; i++) {
      var table = followed.get(buffer.getInt());
      if (table != null) {
        return change(table, Kind.TRUNCATE, null, null);
      }
    }
    return Optional.empty();
  }

  /// Reads a whole row.
  private static @Nullable String key(ByteBuffer buffer, int column) {
    String key = null;
    int columns = buffer.getShort();
    for (int i = 0; i < columns; i++) {
      char kind = (char) buffer.get();
      if (kind == 't' || kind == 'b') {
        var bytes = new byte[buffer.getInt()];
        buffer.get(bytes);
        if (i == column && kind == 't') {
          key = new String(bytes, UTF_8);
        }
      }
    }
    return key;
  }

  private static String text(ByteBuffer buffer) {
    int start = buffer.position();
    int length = 0;
    while (buffer.get() != 0) {
      length++;
    }
    var bytes = new byte[length];
    buffer.get(start, bytes);
    return new String(bytes, UTF_8);
  }
}
