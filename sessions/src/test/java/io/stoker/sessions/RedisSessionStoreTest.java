package io.stoker.sessions;

import static io.stoker.sessions.Samples.entry;
import static io.stoker.sessions.Samples.key;
import static io.stoker.sessions.Samples.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static redis.clients.jedis.params.SetParams.setParams;

import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Unusable;
import io.stoker.testing.RealRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

class RedisSessionStoreTest extends SessionStoreContract {

  private final RedisClient client = RedisClient.create(RealRedis.shared().url());

  @BeforeEach
  void empty() {
    RealRedis.shared().flush();
  }

  @AfterEach
  void everything_has_a_ttl() {
    for (var key : client.keys("*")) {
      assertThat(client.ttl(key)).as(key).isPositive();
    }
    client.close();
  }

  @Override
  SessionStore store() {
    return new RedisSessions(client, Time.system()).store();
  }

  @Override
  Instant now() {
    return Time.system().now();
  }

  @Test
  void an_entry_is_one_string_under_the_namespace_and_the_full_hash() {
    var store = store();
    var entry = entry(key("a"), "7", now(), store.fence());

    var outcomes =
        store.putAll(List.of(new SessionWrite(entry, Duration.ofMinutes(2))), WriteMode.IF_ABSENT);

    assertThat(outcomes).hasSize(1);
    var name = "stoker:session:" + key("a").name();
    assertThat(client.get(name)).isEqualTo(new String(entry.value(), UTF_8));
    assertThat(client.ttl(name)).isBetween(110L, 120L);
  }

  @Test
  void a_corrupt_entry_is_unusable_and_gets_replaced() {
    var store = store();
    client.set("stoker:session:" + key("a").name(), "not json", setParams().ex(100));

    assertThat(read(store, key("a"))).isInstanceOf(Unusable.class);
    var write = new SessionWrite(entry(key("a"), "7", now(), store.fence()), Duration.ofMinutes(2));
    var outcomes = store.putAll(List.of(write), WriteMode.REPLACE_OLDER);

    assertThat(outcomes).containsExactly(WarmOutcome.WARMED);
    assertThat(read(store, key("a"))).isInstanceOf(Found.class);
  }
}
