package io.stoker.sessions;

import io.stoker.WarmOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
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
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.util.JedisClusterCRC16;

/// Sends many commands in one round trip, to one server or a cluster, and returns each reply.
///
/// Jedis' pipelines neither follow a cluster's redirections nor learn that a node has died. A
/// command that is sent by itself does both: if its node cannot be reached, the client asks those
/// that are left who serves what. So redirected commands are sent again by themselves, and so is a
/// single write.
final class RedisPipeline {

  /// Builds commands with their slot, which a cluster's pipeline requires and a single server
  /// ignores.
  static final CommandObjects COMMANDS = new ClusterCommandObjects();

  private static final Logger LOG = LoggerFactory.getLogger(RedisPipeline.class);
  private static final WarmOutcome PRESENT = new WarmOutcome.Skipped("already there");

  /// The reply of a script that did not write a session because it has ended.
  private static final int ENDED = 2;

  /// After so many nodes that did not answer in time, the rest of a pipeline is not tried: each
  /// command of a host that is gone without a word would wait for as long again.
  private static final int MOST_TIMEOUTS = 2;

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
    var replies = new ArrayList<@Nullable Response<T>>(commands.size());
    try (var pipeline = open(client)) {
      var sender = new Sender(pipeline);
      commands.forEach(command -> replies.add(sender.send(command)));
      pipeline.sync();
    }
    for (int i = 0; i < commands.size(); i++) {
      values.add(value(client, replies.get(i), commands.get(i)));
    }
    return values;
  }

  private static <T> @Nullable T value(
      UnifiedJedis client, @Nullable Response<T> reply, CommandObject<T> command) {
    if (reply == null) {
      return client.executeCommand(command);
    }
    try {
      return reply.get();
    } catch (JedisRedirectionException _) {
      return client.executeCommand(command);
    } catch (IllegalStateException e) { // how Jedis reports a missing reply
      if (isCluster(client)) {
        return client.executeCommand(command);
      }
      throw new JedisConnectionException("no reply", e);
    }
  }

  /// Sends a command for each write.
  ///
  /// @param command the command for a write; must reply with null or 0 if the entry existed, and
  ///   with 2 if the session has ended
  /// @return an outcome for each write, in the same order; those without a reply may be sent again
  static List<WarmOutcome> write(
      UnifiedJedis client,
      List<SessionWrite> writes,
      Function<SessionWrite, CommandObject<?>> command) {
    var outcomes = new ArrayList<WarmOutcome>(writes.size());
    if (writes.isEmpty()) {
      return outcomes;
    }
    if (writes.size() == 1) {
      outcomes.add(writeAlone(client, command.apply(writes.getFirst())));
      return outcomes;
    }
    var replies = new ArrayList<@Nullable Response<?>>(writes.size());
    var unsent = RedisErrors.unanswered();
    try (var pipeline = open(client)) {
      var sender = new Sender(pipeline);
      for (var write : writes) {
        replies.add(sender.send(command.apply(write)));
      }
      pipeline.sync();
    } catch (JedisException e) {
      // Writes acknowledged before the connection failed count; the loop below marks the others as
      // failed.
      unsent = RedisErrors.failed(e);
      LOG.debug("The connection failed while writing {} sessions", writes.size(), e);
    }
    for (int i = 0; i < writes.size(); i++) {
      outcomes.add(
          i < replies.size() ? outcome(client, replies.get(i), command, writes.get(i)) : unsent);
    }
    return outcomes;
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
    } catch (JedisException e) {
      return RedisErrors.failed(e);
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

  private static boolean isCluster(UnifiedJedis client) {
    return client instanceof RedisClusterClient;
  }

  /// A cluster's pipeline reads the replies of its nodes on this thread, one node after the other.
  /// All have been asked by then; and on threads of its own the client would now and then hand a
  /// connection back with replies still in it, if a node failed.
  private static AbstractPipeline open(UnifiedJedis client) {
    return client instanceof RedisClusterClient cluster
        ? cluster.pipelined(new SameThread())
        : client.pipelined();
  }

  /// Puts commands into a pipeline, and leaves out those whose node cannot be reached, which says
  /// nothing about a cluster's others. Confined to one thread.
  private static final class Sender {

    private final AbstractPipeline pipeline;
    private int timeouts;

    Sender(AbstractPipeline pipeline) {
      this.pipeline = pipeline;
    }

    /// Null if the command was not sent.
    <T> @Nullable Response<T> send(CommandObject<T> command) {
      if (timeouts >= MOST_TIMEOUTS) {
        return null;
      }
      try {
        return pipeline.executeCommand(command);
      } catch (JedisException e) {
        LOG.debug("A node could not be reached: {}", e.getMessage());
        timeouts += RedisErrors.isTimeout(e) ? 1 : 0;
        return null;
      } catch (NullPointerException e) {
        LOG.debug("No node serves the slot", e); // the client looks for a pool of the node null
        return null;
      }
    }
  }

  /// Runs what it is given at once, on the caller's thread.
  private static final class SameThread extends AbstractExecutorService {

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {
      // There is no thread to end.
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
