package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/// A JSON writer that converts Postgres' binary values directly to bytes, in one buffer reused for
/// every row. Confined to one thread.
final class JsonBuffer {

  /// The largest entry that is warmed, which bounds memory. Anything larger is a mistake in the
  /// mapping rather than a session.
  static final int MAX_BYTES = 4 << 20;

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long BLANKS = 0x2020_2020_2020_2020L;
  private static final long QUOTES = 0x2222_2222_2222_2222L;
  private static final long BACKSLASHES = 0x5c5c_5c5c_5c5c_5c5cL;
  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] NULL = "null".getBytes(US_ASCII);
  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);

  private final boolean anyBytes;
  private byte[] bytes = new byte[4096];
  private int length;

  /// @param anyBytes whether texts may be in any encoding and must be checked to be UTF-8, which
  ///   Postgres otherwise guarantees
  JsonBuffer(boolean anyBytes) {
    this.anyBytes = anyBytes;
  }

  void clear() {
    length = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void raw(byte[] source) {
    raw(source, 0, source.length);
  }

  void raw(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  void raw(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
  }

  void nullValue() {
    raw(NULL);
  }

  void bool(boolean value) {
    raw(value ? TRUE : FALSE);
  }

  void integer(long value) {
    raw(Long.toString(value).getBytes(US_ASCII));
  }

  /// Writes UTF-8 text, quoted and escaped (RFC 8259, section 7).
  void string(byte[] source, int offset, int count) throws UnreadableRowException {
    reserve(6L * count + 2);
    bytes[length++] = '"';
    int copied = offset;
    int end = offset + count;
    int i = offset;
    while (i < end) {
      if (i + Long.BYTES <= end && !needsEscape((long) EIGHT.get(source, i))) {
        i += Long.BYTES;
        continue;
      }
      byte b = source[i];
      if (b >= 0 && (b < ' ' || b == '"' || b == '\\')) {
        copy(source, copied, i);
        escape(b);
        copied = i + 1;
      }
      i++;
    }
    copy(source, copied, end);
    bytes[length++] = '"';
    requireUtf8(source, offset, count);
  }

  /// Writes text that is already JSON.
  void json(byte[] source, int offset, int count) throws UnreadableRowException {
    raw(source, offset, count);
    requireUtf8(source, offset, count);
  }

  /// Writes a UUID's sixteen bytes in text form (RFC 9562, section 4), quoted.
  void uuid(byte[] source, int offset) {
    reserve(38);
    bytes[length++] = '"';
    for (int i = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) {
        bytes[length++] = '-';
      }
      bytes[length++] = HEX[source[offset + i] >> 4 & 15];
      bytes[length++] = HEX[source[offset + i] & 15];
    }
    bytes[length++] = '"';
  }

  /// Writes an instant as `"2026-11-21T08:15:30.123456Z"` (RFC 3339), always with six decimals;
  /// outside the years 0 to 9999, which RFC 3339 excludes, like [java.time.Instant#toString()].
  void instant(long microsSince1970) {
    long seconds = Math.floorDiv(microsSince1970, 1_000_000);
    int micros = (int) (microsSince1970 - seconds * 1_000_000);
    var moment = LocalDateTime.ofEpochSecond(seconds, micros * 1000, ZoneOffset.UTC);
    raw('"');
    if (moment.getYear() > 9999 || moment.getYear() < 0) {
      raw(moment.toInstant(ZoneOffset.UTC).toString().getBytes(US_ASCII));
    } else {
      reserve(27);
      digits(moment.getYear(), 4);
      bytes[length++] = '-';
      digits(moment.getMonthValue(), 2);
      bytes[length++] = '-';
      digits(moment.getDayOfMonth(), 2);
      bytes[length++] = 'T';
      digits(moment.getHour(), 2);
      bytes[length++] = ':';
      digits(moment.getMinute(), 2);
      bytes[length++] = ':';
      digits(moment.getSecond(), 2);
      bytes[length++] = '.';
      digits(micros, 6);
      bytes[length++] = 'Z';
    }
    raw('"');
  }

  private void digits(int value, int count) {
    int rest = value;
    for (int i = length + count - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
  }

  private void copy(byte[] source, int from, int to) {
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  private void escape(byte b) {
    bytes[length++] = '\\';
    switch (b) {
      case '"', '\\' -> bytes[length++] = b;
      case '\n' -> bytes[length++] = 'n';
      case '\r' -> bytes[length++] = 'r';
      case '\t' -> bytes[length++] = 't';
      default -> {
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[b >> 4 & 15];
        bytes[length++] = HEX[b & 15];
      }
    }
  }

  /// Whether any of eight bytes may be a quote, a backslash or less than a space ("Bit Twiddling
  /// Hacks", "Determine if a word has a byte less than n").
  private static boolean needsEscape(long eight) {
    long quote = eight ^ QUOTES;
    long backslash = eight ^ BACKSLASHES;
    long hits =
        ((eight - BLANKS) & ~eight) | ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash);
    return (hits & HIGHEST_BITS) != 0;
  }

  private void requireUtf8(byte[] source, int offset, int count) throws UnreadableRowException {
    if (!anyBytes) {
      return;
    }
    try {
      var _ = UTF_8.newDecoder().decode(ByteBuffer.wrap(source, offset, count));
    } catch (CharacterCodingException e) {
      throw new UnreadableRowException("a column is not UTF-8");
    }
  }

  private void reserve(long count) {
    long needed = length + count;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, 2L * bytes.length));
    }
  }
}
