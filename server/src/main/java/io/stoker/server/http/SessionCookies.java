package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Time;
import io.stoker.server.access.Caller;
import io.stoker.server.access.ConfiguredToken;
import io.stoker.server.access.RevokedCookies;
import io.stoker.server.access.Tokens;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Issues and verifies the signed cookies that browsers send instead of a token. A cookie has a
/// caller's name, an id and an expiry, with a signature over them and the token's hash. So it is
/// invalid once its token is revoked, even if the name is used again, or its user has signed out.
/// Thread-safe.
///
/// The key is derived from the configured token, which makes cookies valid on every node and after
/// a restart. Without such a token it is random.
final class SessionCookies {

  static final Duration TTL = Duration.ofHours(12);

  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 16;
  private static final Pattern FORM =
      Pattern.compile(
          "(?<end>\\d{1,12})\\.(?<signature>[\\w-]{43})\\.(?<id>[\\w-]{22})\\.(?<name>[\\w.-]{1,63})");

  private final @Nullable ConfiguredToken configured;
  private final Tokens tokens;
  private final RevokedCookies revokedCookies;
  private final Time time;
  private @Nullable SecretKeySpec key;

  SessionCookies(
      @Nullable ConfiguredToken configured,
      Tokens tokens,
      RevokedCookies revokedCookies,
      Time time) {
    this.configured = configured;
    this.tokens = tokens;
    this.revokedCookies = revokedCookies;
    this.time = time;
  }

  /// Issues a cookie.
  String issue(Caller caller) {
    var end = Long.toString(time.now().plus(TTL).getEpochSecond());
    var id = Base64.getUrlEncoder().withoutPadding().encodeToString(random(ID_BYTES));
    var known = caller.withCookie(id);
    return String.join(".", end, signature(end, known), known.cookie(), known.name());
  }

  /// The caller that a cookie was issued for; empty if it is malformed, expired or revoked, or its
  /// token is.
  Optional<Caller> read(String cookie) {
    var parts = FORM.matcher(cookie);
    if (!parts.matches() || time.now().getEpochSecond() >= Long.parseLong(parts.group("end"))) {
      return Optional.empty();
    }
    if (revokedCookies.contains(parts.group("id"))) {
      return Optional.empty();
    }
    return tokens
        .byName(parts.group("name"))
        .map(caller -> caller.withCookie(parts.group("id")))
        .filter(caller ->
            MessageDigest.isEqual(
                signature(parts.group("end"), caller).getBytes(UTF_8),
                parts.group("signature").getBytes(UTF_8)));
  }

  /// Revokes the cookie that a caller was identified by, if any.
  void revoke(Caller caller) {
    if (!caller.cookie().isEmpty()) {
      revokedCookies.revoke(caller.cookie(), time.now().plus(TTL));
    }
  }

  private String signature(String end, Caller caller) {
    var signed =
        "stoker-session:"
            + String.join(":", end, caller.cookie(), caller.name(), caller.tokenHash());
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(key());
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }

  private synchronized SecretKeySpec key() {
    if (key == null) {
      key =
          new SecretKeySpec(configured == null ? random(KEY_BYTES) : configured.signingKey(), HMAC);
    }
    return key;
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
