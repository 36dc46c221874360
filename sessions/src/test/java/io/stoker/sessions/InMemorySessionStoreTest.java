package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static io.stoker.sessions.Samples.entry;
import static io.stoker.sessions.Samples.key;
import static io.stoker.sessions.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Revoked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemorySessionStoreTest extends SessionStoreContract {

  private final ManualTime time = new ManualTime(NOON);

  @Override
  SessionStore store() {
    return new InMemorySessions(time).store();
  }

  @Override
  Instant now() {
    return time.now();
  }

  @Test
  void an_entry_goes_when_its_ttl_is_over() {
    var store = store();
    var write =
        new SessionWrite(entry(key("a"), "7", now(), store.fence()), Duration.ofSeconds(10));
    assertThat(store.putAll(List.of(write), WriteMode.IF_ABSENT)).hasSize(1);

    time.advance(Duration.ofSeconds(11));

    assertThat(read(store, key("a"))).isEqualTo(new Absent());
  }

  @Test
  void a_tombstone_outlives_everything_that_was_read_before_it() {
    var store = store();
    var early = store.fence();
    store.revoke(key("a"));

    time.advance(RedisSessions.MAX_AGE.plusSeconds(1));

    assertThat(read(store, key("a"))).isEqualTo(new Revoked());
    time.advance(RedisSessions.MAX_AGE);
    var frozen = new SessionWrite(entry(key("a"), "7", now(), early), Duration.ofMinutes(5));
    assertThat(store.putAll(List.of(frozen), WriteMode.IF_ABSENT)).hasSize(1);
    assertThat(read(store, key("a"))).isEqualTo(new SessionLookup.Unusable("read too long ago"));
  }
}
