package io.stoker.sessions;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/// Sends read commands down one pipeline: one round trip for all of them.
final class RedisReads {

  private RedisReads() {}

  /// @return the answers in the commands' order; null where there is nothing
  /// @throws JedisException if any command is not answered or is refused
  static <T> List<@Nullable T> send(UnifiedJedis client, List<CommandObject<T>> commands) {
    if (commands.size() == 1) {
      return nullable(client.executeCommand(commands.getFirst()));
    }
    var replies = new ArrayList<Response<T>>(commands.size());
    try (var pipeline = client.pipelined()) {
      commands.forEach(command -> replies.add(pipeline.executeCommand(command)));
      pipeline.sync();
    }
    var answers = new ArrayList<@Nullable T>(commands.size());
    for (int i = 0; i < commands.size(); i++) {
      answers.add(answer(client, replies.get(i), commands.get(i)));
    }
    return answers;
  }

  private static <T> @Nullable T answer(
      UnifiedJedis client, Response<T> reply, CommandObject<T> command) {
    try {
      return reply.get();
    } catch (JedisRedirectionException _) {
      return client.executeCommand(command); // which follows a cluster's redirections
    } catch (IllegalStateException e) {
      throw new JedisConnectionException("no answer", e); // how the client says that none has come
    }
  }

  private static <T> List<@Nullable T> nullable(@Nullable T value) {
    var one = new ArrayList<@Nullable T>(1);
    one.add(value);
    return one;
  }
}
