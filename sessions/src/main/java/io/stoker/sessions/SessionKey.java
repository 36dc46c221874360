package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// What a session is looked up by: the full SHA-256 of its token, or a Spring session's id.
///
/// The warmer starts from the stored hash and the reader from the token in the request; both end
/// here, so that they cannot disagree about a key. Immutable; thread-safe.
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
    return new SessionKey(HexFormat.of().formatHex(sha256().digest(token)).getBytes(US_ASCII));
  }

  /// The key of a token whose hash is at hand, as in the source's `token_hash` column.
  ///
  /// @param hash 64 hexadecimal digits of either case
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

  /// Whether a hash has capitals and small letters: a look-up asks the source for all of one kind.
  static boolean mixesCases(byte[] bytes, int offset) {
    boolean capitals = false;
    boolean small = false;
    for (int i = offset; i < offset + HASH_LENGTH; i++) {
      capitals |= bytes[i] >= 'A' && bytes[i] <= 'F';
      small |= bytes[i] >= 'a';
    }
    return capitals && small;
  }

  /// Takes 64 bytes that [#isHash(byte[], int, int)] has accepted.
  static SessionKey ofTokenHash(byte[] bytes, int offset) {
    var name = Arrays.copyOfRange(bytes, offset, offset + HASH_LENGTH);
    for (int i = 0; i < name.length; i++) {
      if (name[i] >= 'A' && name[i] <= 'F') {
        name[i] = (byte) (name[i] - 'A' + 'a');
      }
    }
    return new SessionKey(name);
  }

  /// The key's name behind a namespace, as Redis wants it.
  byte[] in(byte[] namespace) {
    var full = Arrays.copyOf(namespace, namespace.length + name.length);
    System.arraycopy(name, 0, full, namespace.length, name.length);
    return full;
  }

  /// The hash or id itself. With a Spring session's id anybody can act as its user: keep it out of
  /// logs.
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

  /// The first eight characters, enough to find a session and too few to use it.
  @Override
  public String toString() {
    return new String(name, 0, Math.min(8, name.length), UTF_8) + "…";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
