package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The secret that callers have to show. Never shows itself.
public final class AccessToken {

  private static final int SHORTEST = 16;
  private static final String HMAC = "HmacSHA256";

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

  /// What shows until a moment that its bearer knew this token, without giving it away; as good on
  /// every node that has the same token.
  public String pass(Instant until) {
    var end = Long.toString(until.getEpochSecond());
    return end + "." + signature(end);
  }

  /// Whether `pass` was made with this token and has not ended.
  public boolean admits(String pass, Instant now) {
    int dot = pass.indexOf('.');
    if (dot < 1) {
      return false;
    }
    var end = pass.substring(0, dot);
    var genuine =
        MessageDigest.isEqual(
            signature(end).getBytes(UTF_8), pass.substring(dot + 1).getBytes(UTF_8));
    return genuine && now.getEpochSecond() < Long.parseLong(end);
  }

  private String signature(String end) {
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(("stoker-session:" + end).getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
