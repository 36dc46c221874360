package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Digests;
import java.util.Arrays;
import java.util.HexFormat;

/// The cache key of a session: the full SHA-256 of its token, or a Spring session's id.
///
/// The warmer derives it from the stored hash and the reader from the token of the request; both
/// use this class, so that the keys always agree. Immutable.
public final class SessionKey {

  private static final int HASH_LENGTH = 64;

  private final byte[] name;

  private SessionKey(byte[] name) {
    this.name = name;
  }

  /// The key of a token as the client presents it: SHA-256 over its UTF-8 bytes, in hexadecimal.
  public static SessionKey ofToken(String token) {
    return ofToken(token.getBytes(UTF_8));
  }

  /// The key of a token given as bytes, for systems that hash the decoded token.
  public static SessionKey ofToken(byte[] token) {
    return new SessionKey(
        HexFormat.of().formatHex(Digests.sha256().digest(token)).getBytes(US_ASCII));
  }

  /// The key of a token given by its hash, as in the source's `token_hash` column.
  ///
  /// @param hash 64 hexadecimal digits in either case
  /// @throws IllegalArgumentException if it is anything else
  public static SessionKey ofTokenHash(String hash) {
    var bytes = hash.getBytes(US_ASCII);
    if (!isHash(bytes, 0, bytes.length)) {
      throw new IllegalArgumentException(
          "expected 64 hexadecimal digits, got "
              + (hash.length() == HASH_LENGTH ? "other" : hash.length())
              + " characters");
    }
    return ofTokenHash(bytes, 0);
  }

  /// The key of a Spring session.
  ///
  /// @throws IllegalArgumentException if the id is empty
  public static SessionKey ofSpringSession(String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("expected a session id, got an empty text");
    }
    return new SessionKey(id.getBytes(UTF_8));
  }

  static boolean isHash(byte[] bytes, int offset, int length) {
    if (length != HASH_LENGTH) {
      return false;
    }
    for (int i = offset; i < offset + length; i++) {
      if (!HexFormat.isHexDigit(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  /// Whether a hash mixes upper and lower case, which look-ups in the source would not find.
  static boolean mixesCases(byte[] bytes, int offset) {
    boolean capitals = false;
    boolean small = false;
    for (int i = offset; i < offset + HASH_LENGTH; i++) {
      capitals |= bytes[i] >= 'A' && bytes[i] <= 'F';
      small |= bytes[i] >= 'a';
    }
    return capitals && small;
  }

  /// The key of 64 bytes for which [#isHash(byte[], int, int)] is true.
  static SessionKey ofTokenHash(byte[] bytes, int offset) {
    var name = Arrays.copyOfRange(bytes, offset, offset + HASH_LENGTH);
    for (int i = 0; i < name.length; i++) {
      if (name[i] >= 'A' && name[i] <= 'F') {
        name[i] = (byte) (name[i] - 'A' + 'a');
      }
    }
    return new SessionKey(name);
  }

  /// The namespace followed by the key's name.
  byte[] in(byte[] namespace) {
    var full = Arrays.copyOf(namespace, namespace.length + name.length);
    System.arraycopy(name, 0, full, namespace.length, name.length);
    return full;
  }

  /// The hash or id. A Spring session's id is a credential: keep it out of logs.
  public String name() {
    return new String(name, UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionKey that && Arrays.equals(name, that.name);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(name);
  }

  /// The first eight characters, enough to identify a session and too few to use it.
  @Override
  public String toString() {
    return new String(name, 0, Math.min(8, name.length), UTF_8) + "…";
  }
}
