package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.TextRules;
import io.stoker.WarmOutcome;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Translates the Redis client's exceptions.
///
/// Error replies begin with an error code in capitals (Redis documentation, "RESP protocol", simple
/// errors).
final class RedisErrors {

  private static final String SCRIPT_ERROR = ": -";

  private RedisErrors() {}

  static StokerException of(String action, JedisException e) {
    var root = root(e);
    if (root instanceof JedisDataException reply) {
      return new StokerException(
          Code.CACHE_REFUSED, "Redis refused to " + action + ": " + describe(reply), e);
    }
    return new StokerException(
        Code.CACHE_UNREACHABLE,
        "Redis could not be reached to "
            + action
            + ": "
            + TextRules.phrase(root.getMessage())
            + ". Check that it runs and REDIS_URL is right",
        e);
  }

  /// The outcome of a write with an error reply.
  static WarmOutcome.Failed refused(JedisDataException reply) {
    return new WarmOutcome.Failed("Redis refused: " + describe(reply), false);
  }

  /// The outcome of a write without a reply.
  static WarmOutcome.Failed unanswered() {
    return new WarmOutcome.Failed("no acknowledgement from Redis", true);
  }

  private static String describe(JedisDataException reply) {
    var message = String.valueOf(reply.getMessage());
    // Before Redis 7, the error of a script follows its position.
    int within = message.lastIndexOf(SCRIPT_ERROR);
    var error = within < 0 ? message : message.substring(within + SCRIPT_ERROR.length());
    var kind = error.split(" ", 2)[0];
    return switch (kind) {
      case "OOM" ->
          "out of memory (OOM). Raise maxmemory; with eviction, revocations could be lost";
      case "READONLY" -> "it is a read-only replica (READONLY). Use the primary's address";
      case "NOAUTH" -> "a password is needed (NOAUTH). Put it into REDIS_URL";
      case "WRONGPASS" -> "wrong user or password (WRONGPASS). Check REDIS_URL";
      case "NOPERM" -> "the user lacks a permission (NOPERM). Check its ACL";
      case "MISCONF" -> "it cannot save to disk (MISCONF). Check the server's disk";
      case "LOADING" -> "it is still loading its data (LOADING). Try again later";
      case "CLUSTERDOWN" -> "the cluster is down (CLUSTERDOWN). Check its nodes";
      case "MOVED", "ASK", "TRYAGAIN" -> "the slot is moving (" + kind + "). Try again";
      default -> message;
    };
  }

  /// The root cause, which the pool and the cluster client wrap.
  private static Throwable root(JedisException e) {
    Throwable root = e;
    while (root.getCause() != null && !(root instanceof JedisAccessControlException)) {
      root = root.getCause();
    }
    return root;
  }
}
