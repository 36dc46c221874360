package io.stoker.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.wire.InvalidValueException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// The operator's token of the settings. Never shows itself.
public final class ConfiguredToken {

  /// What its bearer is called. No token of a file can be called so.
  public static final String NAME = "STOKER_TOKEN";

  private static final int SHORTEST = 16;
  private static final String STRETCH = "PBKDF2WithHmacSHA256";
  private static final byte[] SALT = "stoker-session".getBytes(UTF_8);
  private static final int ROUNDS = 600_000;
  private static final int KEY_BITS = 256;

  private final String secret;

  /// Takes a secret.
  ///
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
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// Who shows it.
  Caller caller() {
    return new Caller(NAME, Role.OPERATOR, hash(secret), TokenRestriction.NONE);
  }

  /// A key to sign with, the same on every node that has this token. It takes a good part of a
  /// second to make, so that whoever sees a signature cannot try many tokens.
  public byte[] signingKey() {
    var spec = new PBEKeySpec(secret.toCharArray(), SALT, ROUNDS, KEY_BITS);
    try {
      return SecretKeyFactory.getInstance(STRETCH).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + STRETCH, e);
    } finally {
      spec.clearPassword();
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
