package io.stoker.sessions;

import redis.clients.jedis.ClusterCommandObjects;
import redis.clients.jedis.CommandObjects;

/// Builds commands for pipelines.
final class RedisCommands {

  /// Commands that know their slot, without which a cluster's pipeline cannot send them; a single
  /// server does not mind.
  static final CommandObjects COMMANDS = new ClusterCommandObjects();

  private RedisCommands() {}
}
