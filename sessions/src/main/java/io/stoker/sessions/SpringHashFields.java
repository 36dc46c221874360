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

/// The fields of a Spring session's hash as one value of a [SessionEntry]: names and values in
/// turn, each with its length in four bytes before it.
final class SpringHashFields {

  private static final byte[] ATTRIBUTE = "sessionAttr:".getBytes(UTF_8);

  private SpringHashFields() {}

  /// Names and values in turn, as `HSET` takes them.
  static List<byte[]> read(byte[] value) {
    var fields = new ArrayList<byte[]>();
    var buffer = ByteBuffer.wrap(value);
    while (buffer.hasRemaining()) {
      var field = new byte[buffer.getInt()];
      buffer.get(field);
      fields.add(field);
    }
    return fields;
  }

  /// Java serialisation, as Spring's default serializers do it on both sides.
  static byte[] serialised(Serializable value) {
    var bytes = new ByteArrayOutputStream();
    try (var stream = new ObjectOutputStream(bytes)) {
      stream.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /// Puts the fields of one session together. Confined to one thread.
  static final class Writer {

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
