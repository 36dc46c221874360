package io.stoker.sessions;

import java.io.ObjectStreamConstants;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Values in Java serialization, which all begin with the same magic number (Java Object
/// Serialization Specification, 6.4.2).
enum JavaSpringValues implements SpringValues {
  INSTANCE;

  private static final byte[] MAGIC =
      ByteBuffer.allocate(Short.BYTES).putShort(ObjectStreamConstants.STREAM_MAGIC).array();

  @Override
  public String description() {
    return "Java serialization";
  }

  @Override
  public byte[] encode(byte[] java) {
    return java;
  }

  @Override
  public boolean canDecode(byte[] value) {
    return value.length == 0 || Arrays.mismatch(value, MAGIC) == MAGIC.length;
  }
}
