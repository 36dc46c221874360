package io.stoker.sessions;

import io.stoker.Time;
import java.io.IOException;
import org.postgresql.ds.PGSimpleDataSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/// A process that follows, until its standard input ends. Arguments: database, port of Postgres,
/// port of Redis, user and password, slot.
final class FollowerProcess {

  private FollowerProcess() {}

  public static void main(String[] args) throws IOException {
    var url = "jdbc:postgresql://127.0.0.1:" + args[1] + "/" + args[0];
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url + "?connectTimeout=2&socketTimeout=10");
    dataSource.setUser(args[3]);
    dataSource.setPassword(args[3]);
    var time = Time.system();
    var client =
        RedisClient.builder()
            .hostAndPort("127.0.0.1", Integer.parseInt(args[2]))
            .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(1000).build())
            .build();
    var redis = new RedisSessions(client, time);
    var mapping = SessionMapping.standard();
    var warmer =
        new SessionWarmer(
            SessionSource.jdbc(dataSource, mapping, time), redis.store(), redis.lock(), time);
    var follower =
        new SessionFollower(
            new SessionFollower.Database(
                dataSource, ReplicationConnector.jdbc(url, args[3], args[3]), mapping),
            redis,
            warmer::warm,
            new FollowSettings(true, 1L << 30, args[4], FollowSettings.NAME),
            SessionPlan.standard().change().limit(SessionPlan.ALL).plan(),
            time);
    follower.start();
    System.out.println("started");
    while (System.in.read() >= 0) {
      // Nothing is sent; its end is what is waited for.
    }
    follower.close();
  }
}
