package io.stoker.sessions;

import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.ClusterCommandArguments;
import redis.clients.jedis.ClusterCommandObjects;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.CommandObjects;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Protocol.Keyword;
import redis.clients.jedis.util.JedisClusterCRC16;

/// Builds commands for pipelines.
final class RedisCommands {

  /// Commands that know their slot, without which a cluster's pipeline cannot send them; a single
  /// server does not mind.
  static final CommandObjects COMMANDS = new ClusterCommandObjects();

  private RedisCommands() {}

  /// `SET key value NX EX seconds`, which answers with null if the key was there.
  ///
  /// This is the bulk path: built without the objects that [CommandObjects] makes on the way, and
  /// with the slot left until a cluster's pipeline asks for it.
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
}
