package io.stoker.sessions;

import static org.awaitility.Awaitility.await;
import static redis.clients.jedis.params.SetParams.setParams;

import io.stoker.Time;
import io.stoker.testing.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.RedisClient;

class RedisWarmLockTest extends WarmLockContract {

  private final RedisClient client = RedisClient.create(RealRedis.shared().url());

  @BeforeEach
  void empty() {
    RealRedis.shared().flush();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Override
  WarmLock lock() {
    return new RedisSessions(client, Time.system()).lock();
  }

  /// Redis' clock cannot be turned; a key of the same life tells when the time has passed there.
  @Override
  void pass(Duration length) {
    client.set("the-time-passes", "", setParams().px(length.toMillis()));
    await().pollDelay(Duration.ZERO).until(() -> !client.exists("the-time-passes"));
  }
}
