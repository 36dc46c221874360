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

/// Encodes the fields of a Spring session's hash as the value of a [SessionEntry]: alternating
/// names and values, each prefixed with its length in four bytes.
final class SpringHashFields {

  private static final byte[] ATTRIBUTE = "sessionAttr:".getBytes(UTF_8);

  private SpringHashFields() {}

  /// Decodes alternating names and values, as `HSET` takes them.
  static List<byte[]> decode(byte[] value) {
    var fields = new ArrayList<byte[]>();
    var buffer = ByteBuffer.wrap(value);
    while (buffer.hasRemaining()) {
      var field = new byte[buffer.getInt()];
      buffer.get(field);
      fields.add(field);
    }
    return fields;
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
