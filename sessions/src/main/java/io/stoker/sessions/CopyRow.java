package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/// The current row of a binary COPY: a view of its columns, reused from row to row.
///
/// The format is described in the PostgreSQL manual under COPY, "Binary Format". Postgres sends
/// each row as one message, the first with the file header in front. Confined to one thread.
final class CopyRow implements AutoCloseable {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int SIGNATURE_AND_FLAGS = 15;
  private static final int END_OF_DATA = -1;

  private final Connection connection;
  private final CopyOut copy;
  private final int[] offsets;
  private final int[] lengths;
  private byte[] message = {};
  private boolean started;

  CopyRow(Connection connection, CopyOut copy) {
    this.connection = connection;
    this.copy = copy;
    this.offsets = new int[copy.getFieldCount()];
    this.lengths = new int[copy.getFieldCount()];
  }

  /// Moves to the next row; false after the last one.
  boolean next() throws SQLException {
    while (receive()) {
      int start = started ? 0 : header();
      started = true;
      if (start < message.length && split(start)) {
        return true;
      }
    }
    return false;
  }

  /// The length of the file header.
  private int header() {
    int extension = (int) INT.get(message, SIGNATURE_AND_FLAGS);
    return SIGNATURE_AND_FLAGS + Integer.BYTES + extension;
  }

  private boolean receive() throws SQLException {
    byte @Nullable [] received = copy.readFromCopy();
    if (received == null) {
      return false;
    }
    message = received;
    return true;
  }

  private boolean split(int start) {
    int position = start;
    short fields = (short) SHORT.get(message, position);
    position += Short.BYTES;
    if (fields == END_OF_DATA) {
      return false;
    }
    for (int i = 0; i < fields; i++) {
      int length = (int) INT.get(message, position);
      position += Integer.BYTES;
      offsets[i] = position;
      lengths[i] = length;
      position += Math.max(0, length);
    }
    return true;
  }

  /// Closes the connection if the COPY has not ended. Cancelling it instead could hit a later
  /// statement on the connection, since a cancel request may arrive late.
  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      connection.abort(Runnable::run);
    }
  }

  /// The number of columns.
  int columns() {
    return offsets.length;
  }

  /// The bytes that [#offset(int)] and [#length(int)] refer to. Not a copy.
  byte[] bytes() {
    return message;
  }

  int offset(int column) {
    return offsets[column];
  }

  int length(int column) {
    return lengths[column];
  }

  boolean isNull(int column) {
    return lengths[column] < 0;
  }

  boolean bool(int column) {
    return message[offsets[column]] != 0;
  }

  /// A `smallint`, `integer` or `bigint`.
  long integer(int column) {
    return switch (lengths[column]) {
      case Short.BYTES -> (short) SHORT.get(message, offsets[column]);
      case Integer.BYTES -> (int) INT.get(message, offsets[column]);
      default -> (long) LONG.get(message, offsets[column]);
    };
  }

  String text(int column) {
    return new String(message, offsets[column], lengths[column], UTF_8);
  }
}
