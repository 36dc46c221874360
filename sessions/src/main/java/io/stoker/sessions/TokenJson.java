package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.sessions.SessionLookup.Unusable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The JSON format of a token session's cache entry:
///
/// ```
/// {"fence":1763712000123456,"token_hash":"…","user_id":"…","expires_at":"…", …one per column… }
/// {"fence":1763712000123456,"revoked":true}
/// ```
///
/// The first is a session and the second the tombstone of a revoked one. The fence, always sixteen
/// digits, comes first, so that a Redis script can compare two entries by their prefixes.
final class TokenJson {

  static final byte[] TOKEN_HASH = ",\"token_hash\":\"".getBytes(US_ASCII);
  static final byte[] USER_ID = "\",\"user_id\":".getBytes(US_ASCII);
  static final byte[] EXPIRES_AT = ",\"expires_at\":".getBytes(US_ASCII);

  private static final JsonFactory JSON = new JsonFactory();

  private TokenJson() {}

  /// The beginning of an entry with a fence.
  static byte[] prefix(Fence fence) {
    return ("{\"fence\":" + fence.number()).getBytes(US_ASCII);
  }

  static byte[] entry(
      SessionKey key, String userId, Instant expiresAt, Fence fence, String members) {
    try {
      var json = new JsonBuffer(false);
      var user = userId.getBytes(StandardCharsets.UTF_8);
      json.raw(prefix(fence));
      json.raw(key.in(TOKEN_HASH));
      json.raw(USER_ID);
      json.string(user, 0, user.length);
      json.raw(EXPIRES_AT);
      json.instant(ChronoUnit.MICROS.between(Instant.EPOCH, expiresAt));
      if (!members.isEmpty()) {
        json.raw(',');
        json.raw(members.getBytes(StandardCharsets.UTF_8));
      }
      json.raw('}');
      return json.toBytes();
    } catch (UnreadableRowException impossible) {
      throw new IllegalStateException("a Java string encodes to UTF-8", impossible);
    }
  }

  static byte[] tombstone(Fence fence) {
    return ("{\"fence\":" + fence.number() + ",\"revoked\":true}").getBytes(US_ASCII);
  }

  /// The session of an entry that was just read from the source.
  static Session session(SessionEntry entry) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), entry.value())) {
      var userId = Objects.requireNonNull(Head.of(parser).userId, "user_id");
      var json = new String(entry.value(), StandardCharsets.UTF_8);
      return new Session(entry.key(), userId, entry.expiresAt(), json);
    }
  }

  static boolean isTombstone(byte[] entry) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), entry)) {
      return Head.of(parser).revoked;
    }
  }

  /// The fence of an entry that Stoker wrote.
  static Fence fence(byte[] entry) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), entry)) {
      return new Fence(Head.of(parser).fence);
    }
  }

  /// Reads an entry as far as needed to decide whether it may be served for `key` at `now`.
  ///
  /// @param maxAge how long after its fence an entry may be served
  static SessionLookup read(SessionKey key, byte[] entry, Instant now, Duration maxAge) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), entry)) {
      var head = Head.of(parser);
      if (head.revoked) {
        return new Revoked();
      }
      if (head.fence == 0
          || head.tokenHash == null
          || head.userId == null
          || head.expiresAt == null) {
        return new Unusable("not an entry of Stoker's");
      }
      if (!head.tokenHash.equals(key.name())) {
        return new Unusable("another session's entry");
      }
      var expiresAt = Instant.parse(head.expiresAt);
      if (!expiresAt.isAfter(now)) {
        return new Unusable("expired");
      }
      var fence = new Fence(head.fence);
      if (fence.time().plus(maxAge).isBefore(now)) {
        return new Unusable("read too long ago");
      }
      var json = new String(entry, StandardCharsets.UTF_8);
      return new Found(new Session(key, head.userId, expiresAt, json), fence);
    } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
      return new Unusable("not an entry of Stoker's");
    }
  }

  /// The leading members that Stoker writes; parsing ends after the last of them.
  private static final class Head {

    long fence;
    boolean revoked;
    @Nullable String tokenHash;
    @Nullable String userId;
    @Nullable String expiresAt;

    static Head of(JsonParser parser) {
      var head = new Head();
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return head;
      }
      while (head.expiresAt == null && parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        var value = parser.nextToken();
        switch (name) {
          case "fence" -> head.fence = parser.getLongValue();
          case "revoked" -> head.revoked = value == JsonToken.VALUE_TRUE;
          case "token_hash" -> head.tokenHash = parser.getString();
          case "user_id" -> head.userId = parser.getString();
          case "expires_at" -> head.expiresAt = parser.getString();
          default -> parser.skipChildren();
        }
      }
      return head;
    }
  }
}
