package io.stoker.sessions;

import io.stoker.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/// Sends writes down one pipeline and finds out what became of each.
final class RedisWrites {

  private static final Logger LOG = LoggerFactory.getLogger(RedisWrites.class);
  private static final Outcome PRESENT = new Outcome.Skipped("already there");

  private RedisWrites() {}

  /// Sends a command for each write.
  ///
  /// @param command what to send for a write; must answer with nothing or 0 if the entry was there
  /// @return an outcome for each write, in the same order
  static List<Outcome> send(
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
      // Whoever was acknowledged before the break counts; the others are told apart below.
      var trouble = RedisTrouble.of("write", e);
      LOG.warn("A batch of {} was cut off: {}", writes.size(), trouble.getMessage());
    }
    var outcomes = new ArrayList<Outcome>(writes.size());
    for (int i = 0; i < writes.size(); i++) {
      outcomes.add(
          i < replies.size()
              ? outcome(client, replies.get(i), command, writes.get(i))
              : RedisTrouble.unanswered());
    }
    return outcomes;
  }

  /// Null if the command's node cannot be reached, which says nothing about a cluster's others.
  private static @Nullable Response<?> append(AbstractPipeline pipeline, CommandObject<?> command) {
    try {
      return pipeline.executeCommand(command);
    } catch (JedisException e) {
      LOG.debug("A node could not be reached: {}", e.getMessage());
      return null;
    }
  }

  private static Outcome outcome(
      UnifiedJedis client,
      @Nullable Response<?> reply,
      Function<SessionWrite, CommandObject<?>> command,
      SessionWrite write) {
    if (reply == null) {
      return RedisTrouble.unanswered();
    }
    try {
      return outcome(reply.get());
    } catch (JedisRedirectionException _) {
      return alone(client, command.apply(write));
    } catch (JedisDataException e) {
      return RedisTrouble.refused(e);
    } catch (IllegalStateException _) {
      return RedisTrouble.unanswered(); // how the client says that no reply has come
    }
  }

  /// A pipeline does not follow a cluster's redirections; a command of its own does.
  private static Outcome alone(UnifiedJedis client, CommandObject<?> command) {
    try {
      return outcome(client.executeCommand(command));
    } catch (JedisDataException e) {
      return RedisTrouble.refused(e);
    } catch (JedisException _) {
      return RedisTrouble.unanswered();
    }
  }

  private static Outcome outcome(Object reply) {
    return switch (reply) {
      case null -> PRESENT;
      case Long written when written == 0 -> PRESENT;
      default -> Outcome.WARMED;
    };
  }
}
