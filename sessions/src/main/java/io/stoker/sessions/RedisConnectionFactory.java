package io.stoker.sessions;

import org.apache.commons.pool2.PooledObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// Makes pooled connections, and treats one as alive if it replies at all: Redis may reject PING
/// (full disk, loading, no ACL permission) and still serve reads. Thread-safe.
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
