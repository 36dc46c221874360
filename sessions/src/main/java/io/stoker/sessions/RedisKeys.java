package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The names of all keys and channels in Redis. None can be mistaken for a token hash.
final class RedisKeys {

  private final String namespace;
  private final byte[] namespaceBytes;

  RedisKeys(String namespace) {
    this.namespace = namespace;
    this.namespaceBytes = namespace.getBytes(UTF_8);
  }

  byte[] session(SessionKey key) {
    return key.in(namespaceBytes);
  }

  String user(String userId) {
    return namespace + "user:" + userId;
  }

  String fence() {
    return namespace + "fence";
  }

  String lock() {
    return namespace + "lock";
  }

  String warm() {
    return namespace + "warm";
  }

  String stats(long minute) {
    return namespace + "stats:" + minute;
  }

  /// The pub/sub channel of revocations.
  String revocations() {
    return namespace + "revoked";
  }
}
