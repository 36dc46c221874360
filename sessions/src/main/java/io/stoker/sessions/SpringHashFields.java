package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encodes the fields of a Spring session's hash as the value of a [SessionEntry]: alternating
/// names and values, each prefixed with its length in four bytes. In front may be the principal's
/// name.
final class SpringHashFields {

  private static final byte[] ATTRIBUTE = "sessionAttr:".getBytes(UTF_8);

  private SpringHashFields() {}

  /// Decodes alternating names and values, as `HSET` takes them.
  static List<byte[]> decode(byte[] value) {
    var fields = new ArrayList<byte[]>();
    var buffer = ByteBuffer.wrap(value);
    while (buffer.hasRemaining()) {
      fields.add(next(buffer));
    }
    return hasPrincipal(value) ? fields.subList(2, fields.size()) : fields;
  }

  /// The principal's name; null if there is none.
  static @Nullable String principal(byte[] value) {
    if (!hasPrincipal(value)) {
      return null;
    }
    var buffer = ByteBuffer.wrap(value);
    next(buffer);
    return new String(next(buffer), UTF_8);
  }

  private static boolean hasPrincipal(byte[] value) {
    return value.length > 0 && ByteBuffer.wrap(value).getInt() == 0;
  }

  private static byte[] next(ByteBuffer buffer) {
    var field = new byte[buffer.getInt()];
    buffer.get(field);
    return field;
  }

  /// Converts the values, which are in Java serialization.
  ///
  /// @throws IllegalArgumentException if one cannot be converted
  static byte[] convert(byte[] value, SpringValues values) {
    var converted = new Encoder();
    var buffer = ByteBuffer.wrap(value);
    if (hasPrincipal(value)) {
      converted.append(next(buffer));
      converted.append(next(buffer));
    }
    while (buffer.hasRemaining()) {
      converted.append(next(buffer));
      converted.append(values.encode(next(buffer)));
    }
    return converted.toBytes();
  }

  /// Serializes a value like Spring's default serializers, with Java serialization.
  static byte[] serialize(Serializable value) {
    var bytes = new ByteArrayOutputStream();
    try (var stream = new ObjectOutputStream(bytes)) {
      stream.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /// Encodes the fields of one session. Confined to one thread.
  static final class Encoder {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    /// The principal's name, which is no field: it has an empty name. Comes first.
    void addPrincipal(String name) {
      append(new byte[0]);
      append(name.getBytes(UTF_8));
    }

    void add(String name, byte[] value) {
      append(name.getBytes(UTF_8));
      append(value);
    }

    void addAttribute(byte[] name, byte[] value) {
      var field = new byte[ATTRIBUTE.length + name.length];
      System.arraycopy(ATTRIBUTE, 0, field, 0, ATTRIBUTE.length);
      System.arraycopy(name, 0, field, ATTRIBUTE.length, name.length);
      append(field);
      append(value);
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }

    private void append(byte[] field) {
      bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
      bytes.writeBytes(field);
    }
  }
}
