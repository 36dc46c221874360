package io.stoker.sessions;

import io.stoker.WarmOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.ClusterCommandArguments;
import redis.clients.jedis.ClusterCommandObjects;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.CommandObjects;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Protocol.Keyword;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.util.JedisClusterCRC16;

/// Sends many commands in one round trip, to one server or a cluster, and returns each reply.
///
/// Jedis' pipelines do not follow a cluster's redirections; a redirected command is sent again on
/// its own.
final class RedisPipeline {

  /// Builds commands with their slot, which a cluster's pipeline requires and a single server
  /// ignores.
  static final CommandObjects COMMANDS = new ClusterCommandObjects();

  private static final Logger LOG = LoggerFactory.getLogger(RedisPipeline.class);
  private static final WarmOutcome PRESENT = new WarmOutcome.Skipped("already there");

  /// The reply of a script that did not write a session because it has ended.
  private static final int ENDED = 2;

  private RedisPipeline() {}

  /// `SET key value NX EX seconds`, whose reply is null if the key existed.
  ///
  /// The hot path of a warm run, so it avoids the intermediate objects of [CommandObjects], and
  /// computes the slot only if a cluster's pipeline needs it.
  static CommandObject<?> setIfAbsent(byte[] key, byte[] value, byte[] seconds) {
    return new CommandObject<>(new SetIfAbsent(key, value, seconds), BuilderFactory.RAW_OBJECT);
  }

  private static final class SetIfAbsent extends ClusterCommandArguments {

    private final byte[] key;

    SetIfAbsent(byte[] key, byte[] value, byte[] seconds) {
      super(Command.SET);
      this.key = key;
      add(key).add(value).add(Keyword.NX).add(Keyword.EX).add(seconds);
    }

    @Override
    public int getCommandHashSlot() {
      return JedisClusterCRC16.getSlot(key);
    }
  }

  /// Sends read commands.
  ///
  /// @return the replies in the commands' order; null where the key does not exist
  /// @throws JedisException if any command fails or gets no reply
  static <T> List<@Nullable T> read(UnifiedJedis client, List<CommandObject<T>> commands) {
    var values = new ArrayList<@Nullable T>(commands.size());
    if (commands.size() == 1) {
      values.add(client.executeCommand(commands.getFirst()));
      return values;
    }
    var replies = new ArrayList<Response<T>>(commands.size());
    try (var pipeline = client.pipelined()) {
      commands.forEach(command -> replies.add(pipeline.executeCommand(command)));
      pipeline.sync();
    }
    for (int i = 0; i < commands.size(); i++) {
      values.add(value(client, replies.get(i), commands.get(i)));
    }
    return values;
  }

  private static <T> @Nullable T value(
      UnifiedJedis client, Response<T> reply, CommandObject<T> command) {
    try {
      return reply.get();
    } catch (JedisRedirectionException _) {
      return client.executeCommand(command);
    } catch (IllegalStateException e) {
      throw new JedisConnectionException("no reply", e); // how the client reports a missing reply
    }
  }

  /// Sends a command for each write.
  ///
  /// @param command the command for a write; must reply with null or 0 if the entry existed, and
  ///   with 2 if the session has ended
  /// @return an outcome for each write, in the same order
  static List<WarmOutcome> write(
      UnifiedJedis client,
      List<SessionWrite> writes,
      Function<SessionWrite, CommandObject<?>> command) {
    var replies = new ArrayList<@Nullable Response<?>>(writes.size());
    try (var pipeline = client.pipelined()) {
      for (var write : writes) {
        replies.add(append(pipeline, command.apply(write)));
      }
      pipeline.sync();
    } catch (JedisException e) {
      // Writes acknowledged before the connection failed count; the loop below marks the others as
      // failed.
      var error = RedisErrors.of("write", e);
      LOG.warn(
          "The connection failed while writing {} sessions: {}", writes.size(), error.getMessage());
    }
    var outcomes = new ArrayList<WarmOutcome>(writes.size());
    for (int i = 0; i < writes.size(); i++) {
      outcomes.add(
          i < replies.size()
              ? outcome(client, replies.get(i), command, writes.get(i))
              : RedisErrors.unanswered());
    }
    return outcomes;
  }

  /// Null if the command's node cannot be reached; the cluster's other nodes may be fine.
  private static @Nullable Response<?> append(AbstractPipeline pipeline, CommandObject<?> command) {
    try {
      return pipeline.executeCommand(command);
    } catch (JedisException e) {
      LOG.debug("A node could not be reached: {}", e.getMessage());
      return null;
    }
  }

  private static WarmOutcome outcome(
      UnifiedJedis client,
      @Nullable Response<?> reply,
      Function<SessionWrite, CommandObject<?>> command,
      SessionWrite write) {
    if (reply == null) {
      return RedisErrors.unanswered();
    }
    try {
      return outcome(reply.get());
    } catch (JedisRedirectionException _) {
      return writeAlone(client, command.apply(write));
    } catch (JedisDataException e) {
      return RedisErrors.refused(e);
    } catch (IllegalStateException _) {
      return RedisErrors.unanswered(); // how the client reports a missing reply
    }
  }

  private static WarmOutcome writeAlone(UnifiedJedis client, CommandObject<?> command) {
    try {
      return outcome(client.executeCommand(command));
    } catch (JedisDataException e) {
      return RedisErrors.refused(e);
    } catch (JedisException _) {
      return RedisErrors.unanswered();
    }
  }

  private static WarmOutcome outcome(Object reply) {
    return switch (reply) {
      case null -> PRESENT;
      case Long written when written == 0 -> PRESENT;
      case Long written when written == ENDED -> SessionRules.ENDED;
      default -> WarmOutcome.WARMED;
    };
  }
}
