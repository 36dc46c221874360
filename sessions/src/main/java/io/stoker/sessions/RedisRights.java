package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// The commands that a user of Redis has to be allowed for Stoker's sessions, on keys and channels
/// of their namespace.
public final class RedisRights {

  private static final String OK = "OK";

  private RedisRights() {}

  /// The names of the commands, in lower case.
  public static List<String> commands() {
    return List.copyOf(examples("").keySet());
  }

  private static Map<String, List<String>> examples(String namespace) {
    var key = namespace + "right";
    var examples = new LinkedHashMap<String, List<String>>();
    examples.put("ping", List.of());
    examples.put("get", List.of(key));
    examples.put("set", List.of(key, "value", "EX", "1"));
    examples.put("del", List.of(key));
    examples.put("eval", List.of("return 1", "1", key));
    examples.put("exists", List.of(key));
    examples.put("expire", List.of(key, "1"));
    examples.put("expireat", List.of(key, "1"));
    examples.put("pexpire", List.of(key, "1"));
    examples.put("ttl", List.of(key));
    examples.put("hset", List.of(key, "field", "value"));
    examples.put("hmget", List.of(key, "field"));
    examples.put("hgetall", List.of(key));
    examples.put("hincrby", List.of(key, "field", "1"));
    examples.put("publish", List.of(namespace + "revoked", "message"));
    examples.put("subscribe", List.of(namespace + "revoked"));
    examples.put("unsubscribe", List.of(namespace + "revoked"));
    examples.put("time", List.of());
    return examples;
  }

  /// The commands that the client's user may not run, tried without running any (`ACL DRYRUN`).
  ///
  /// @return nothing if that cannot be found out: it takes Redis 7, and a user who may run `ACL`
  /// @throws JedisException if Redis does not answer
  public static Optional<List<String>> missing(UnifiedJedis client, String namespace) {
    try {
      var user = text(client.executeCommand(acl("WHOAMI")));
      var missing = new ArrayList<String>();
      for (var example : examples(namespace).entrySet()) {
        var dryRun = acl("DRYRUN").add(user).add(example.getKey()).addObjects(example.getValue());
        if (!text(client.executeCommand(dryRun)).equals(OK)) {
          missing.add(example.getKey());
        }
      }
      return Optional.of(missing);
    } catch (JedisDataException _) {
      return Optional.empty();
    }
  }

  private static CommandArguments acl(String subcommand) {
    return new CommandArguments(Command.ACL).add(subcommand);
  }

  private static String text(Object reply) {
    return reply instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(reply);
  }
}
