package io.stoker.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Digests;
import io.stoker.server.wire.InvalidValueException;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// The operator's token from the setting `stoker.token`. [#toString()] does not reveal it.
public final class ConfiguredToken {

  /// The name of its caller. Stored tokens cannot have it, since theirs have no capital letters.
  public static final String NAME = "STOKER_TOKEN";

  private static final int SHORTEST = 16;
  private static final String KEY_DERIVATION = "PBKDF2WithHmacSHA256";
  private static final byte[] SALT = "stoker-session".getBytes(UTF_8);
  private static final int ROUNDS = 600_000;
  private static final int KEY_BITS = 256;

  private final String secret;

  /// @throws InvalidValueException if it is short enough to guess
  public ConfiguredToken(String secret) {
    if (secret.length() < SHORTEST) {
      throw new InvalidValueException(
          "stoker.token", "expected at least " + SHORTEST + " characters, got " + secret.length());
    }
    this.secret = secret;
  }

  /// The SHA-256 of a token in hexadecimal digits.
  public static String hash(String token) {
    return Digests.sha256Hex(token);
  }

  Caller caller() {
    return new Caller(NAME, Role.OPERATOR, hash(secret), TokenRestriction.NONE);
  }

  /// A signing key, the same on every node that has this token. Deriving it takes a good part of a
  /// second, so that a signature is no help in guessing the token.
  public byte[] signingKey() {
    var spec = new PBEKeySpec(secret.toCharArray(), SALT, ROUNDS, KEY_BITS);
    try {
      return SecretKeyFactory.getInstance(KEY_DERIVATION).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + KEY_DERIVATION, e);
    } finally {
      spec.clearPassword();
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
