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

  /// The fence of the last revocation of everything.
  String everything() {
    return namespace + "all";
  }

  /// Which node follows the source.
  String follower() {
    return namespace + "follower";
  }

  /// How far the node that follows has come.
  String followed() {
    return namespace + "followed";
  }

  String lock() {
    return namespace + "lock";
  }

  String warm() {
    return namespace + "warm";
  }

  /// The marker of a finished migration into a store whose keys begin with `store`.
  String migration(String store) {
    return namespace + "migration:" + store;
  }

  /// The marker that the entry at `key` was migrated, in the same slot of a cluster.
  byte[] migrated(byte[] key) {
    // A key with a hash tag of its own (Redis documentation, "Cluster specification") has it here,
    // too, since the namespace has none.
    var name = new String(key, UTF_8);
    return (namespace + "migrated:" + (name.indexOf('{') < 0 ? "{" + name + "}" : name))
        .getBytes(UTF_8);
  }

  /// Whether the namespace has a hash tag, so that a cluster keeps all keys in one slot.
  boolean haveHashTag() {
    return namespace.indexOf('{') >= 0;
  }

  String stats(long minute) {
    return namespace + "stats:" + minute;
  }

  /// The pub/sub channel of revocations.
  String revocations() {
    return namespace + "revoked";
  }
}
