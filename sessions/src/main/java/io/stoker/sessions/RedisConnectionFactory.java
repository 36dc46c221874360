package io.stoker.sessions;

import org.apache.commons.pool2.PooledObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Connections of a pool, of which each that answers is alive, whatever it answers: a Redis that
/// refuses PING, since its disk is full, it loads its data or the user may not, still reads.
/// Thread-safe.
final class RedisConnectionFactory extends ConnectionFactory {

  RedisConnectionFactory(JedisSocketFactory sockets, JedisClientConfig config) {
    super(sockets, config);
  }

  @Override
  public boolean validateObject(PooledObject<Connection> pooled) {
    var connection = pooled.getObject();
    try {
      return connection.isConnected() && connection.ping();
    } catch (JedisDataException _) {
      return true;
    } catch (JedisException _) {
      return false;
    }
  }
}
