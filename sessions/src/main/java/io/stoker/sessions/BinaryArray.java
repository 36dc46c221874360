package io.stoker.sessions;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads a one-dimensional array in Postgres' binary format (`array_send` in its source: number of
/// dimensions, a null flag, the element type, length and lower bound of the dimension, elements).
final class BinaryArray {

  private BinaryArray() {}

  /// The elements in binary format; none if the column is null or the array empty.
  static List<byte[]> elements(CopyRow row, int column) throws UnreadableRowException {
    if (row.isNull(column)) {
      return List.of();
    }
    var buffer = ByteBuffer.wrap(row.bytes(), row.offset(column), row.length(column));
    int dimensions = buffer.getInt();
    buffer.getInt(); // the null flag; each element has its own
    buffer.getInt(); // the element type
    if (dimensions == 0) {
      return List.of();
    }
    int count = buffer.getInt();
    buffer.getInt(); // the lower bound
    var elements = new ArrayList<byte[]>(count);
    for (int i = 0; i < count; i++) {
      int length = buffer.getInt();
      if (length < 0) {
        throw new UnreadableRowException("an attribute is null");
      }
      var element = new byte[length];
      buffer.get(element);
      elements.add(element);
    }
    return elements;
  }
}
