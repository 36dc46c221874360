package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;

/// The secret that callers have to show. Never shows itself.
public final class AccessToken {

  private static final int SHORTEST = 16;

  private final byte[] secret;

  /// Takes a secret.
  ///
  /// @throws BadValue if it is short enough to guess
  AccessToken(String secret) {
    if (secret.length() < SHORTEST) {
      throw new BadValue(
          "stoker.token",
          "wanted at least " + SHORTEST + " characters, but came " + secret.length());
    }
    this.secret = secret.getBytes(UTF_8);
  }

  /// Whether `shown` is this token, found out in a time that does not depend on how much of it is
  /// right.
  public boolean matches(String shown) {
    return MessageDigest.isEqual(secret, shown.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "***";
  }
}
