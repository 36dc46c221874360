package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.TextRules;
import io.stoker.WarmOutcome;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Translates the Redis client's exceptions.
///
/// Error replies begin with an error code in capitals (Redis documentation, "RESP protocol", simple
/// errors).
final class RedisErrors {

  private static final String SCRIPT_ERROR = ": -";
  private static final String ARGUMENTS = ", with args beginning with";
  private static final int LONGEST_ERROR = 300;

  /// Why a write failed that was never answered.
  static final String UNANSWERED = "no acknowledgement from Redis";

  /// What servers say while they start or while another one takes over: it is over soon, or counts
  /// like no answer at all.
  private static final Set<String> PASSING =
      Set.of("LOADING", "READONLY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN");

  private RedisErrors() {}

  static StokerException of(String action, JedisException e) {
    var root = root(e);
    if (root instanceof JedisDataException reply) {
      return new StokerException(
          isPassing(reply) ? Code.CACHE_UNREACHABLE : Code.CACHE_REFUSED,
          "Redis refused to " + action + ": " + describe(reply),
          e);
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
    return new WarmOutcome.Failed("Redis refused: " + describe(reply), isPassing(reply));
  }

  /// The outcome of a write without a reply.
  static WarmOutcome.Failed unanswered() {
    return new WarmOutcome.Failed(UNANSWERED, true);
  }

  /// The outcome of a write that could not be sent, or got no reply.
  static WarmOutcome.Failed failed(JedisException e) {
    return root(e) instanceof JedisDataException reply ? refused(reply) : unanswered();
  }

  /// Whether a server did not answer in time, rather than refuse or close the connection.
  static boolean isTimeout(JedisException e) {
    var root = root(e);
    return root instanceof SocketTimeoutException || root instanceof NoSuchElementException;
  }

  private static boolean isPassing(JedisDataException reply) {
    return PASSING.contains(kind(error(reply)));
  }

  /// Before Redis 7, what a script was refused stands behind where that was.
  private static String error(JedisDataException reply) {
    var message = String.valueOf(reply.getMessage());
    int within = message.lastIndexOf(SCRIPT_ERROR);
    return within < 0 ? message : message.substring(within + SCRIPT_ERROR.length());
  }

  private static String kind(String error) {
    return error.split(" ", 2)[0];
  }

  private static String describe(JedisDataException reply) {
    var error = error(reply);
    var kind = kind(error);
    return switch (kind) {
      case "OOM" ->
          "out of memory (OOM). Raise maxmemory; with eviction, revocations could be lost";
      case "READONLY" -> "it is a read-only replica (READONLY). Use the primary's address";
      case "NOAUTH" -> "a password is needed (NOAUTH). Put it into REDIS_URL";
      case "WRONGPASS" -> "wrong user or password (WRONGPASS). Check REDIS_URL";
      case "NOPERM" ->
          "the user lacks a permission (NOPERM). Give it those listed in SECURITY.md; stoker doctor"
              + " tries each";
      case "MISCONF" -> "it cannot save to disk (MISCONF). Check the server's disk";
      case "LOADING" -> "it is still loading its data (LOADING). Try again later";
      case "CLUSTERDOWN" -> "the cluster is down (CLUSTERDOWN). Check its nodes";
      case "MASTERDOWN" -> "it has lost its primary (MASTERDOWN). Check the primary";
      case "NOREPLICAS" ->
          "it has too few replicas to take writes (NOREPLICAS). Check them, or min-replicas-to-write";
      case "ASK", "TRYAGAIN" -> "the slot is moving (" + kind + "). Try again";
      case "MOVED" ->
          "it is a node of a cluster (MOVED). List nodes of it in REDIS_URL:"
              + " redis://host1:6379,host2:6379";
      default -> other(error);
    };
  }

  /// Errors without a kind of their own.
  private static String other(String error) {
    var lower = error.toLowerCase(Locale.ROOT);
    if (lower.contains("unknown command") || lower.contains("unknown redis command")) {
      return "it does not know a command that Stoker needs: "
          + TextRules.phrase(withoutArguments(error))
          + ". If it was renamed or switched off there (rename-command), allow it";
    }
    if (lower.contains("without any password configured") || lower.contains("no password is set")) {
      return "it wants no password, and REDIS_URL has one. Remove it there, or set it in Redis";
    }
    if (lower.contains("max number of clients")) {
      return "it has no connection left. Raise its maxclients";
    }
    if (lower.contains("db index is out of range")) {
      return "it has no database of that number. Correct the number at the end of REDIS_URL";
    }
    if (lower.contains("cluster support disabled")) {
      return "it is not a cluster, and REDIS_URL lists several servers. Name one of them";
    }
    return withoutArguments(error);
  }

  /// Redis quotes the arguments of a command that it does not know, which of `AUTH` are a password.
  private static String withoutArguments(String error) {
    int end = error.indexOf(ARGUMENTS);
    return TextRules.truncated(
        TextRules.oneLine(end < 0 ? error : error.substring(0, end)), LONGEST_ERROR);
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
