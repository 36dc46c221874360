package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static io.stoker.sessions.Samples.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.sessions.SessionLookup.Unusable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenJsonTest {

  private static final Fence FENCE = new Fence(ChronoUnit.MICROS.between(Instant.EPOCH, NOON));
  private static final Duration LIFE = Duration.ofMinutes(15);

  private static byte[] entry() {
    return TokenJson.entry(key("a"), "7", NOON.plusSeconds(60), FENCE, "\"n\":{\"user_id\":1}");
  }

  private static SessionLookup read(byte[] entry) {
    return TokenJson.read(key("a"), entry, NOON, LIFE);
  }

  @Test
  void an_entry_is_read_back() {
    var found = (Found) read(entry());

    assertThat(found.fence()).isEqualTo(FENCE);
    assertThat(found.session().userId()).isEqualTo("7");
    assertThat(found.session().expiresAt()).isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void the_fence_is_where_the_scripts_expect_it() {
    var text = new String(entry(), UTF_8);
    var tombstone = new String(TokenJson.tombstone(FENCE), UTF_8);

    assertThat(text.substring(0, 9)).isEqualTo("{\"fence\":");
    assertThat(text.substring(9, 25)).isEqualTo(Long.toString(FENCE.number()));
    assertThat(tombstone.substring(9, 25)).isEqualTo(Long.toString(FENCE.number()));
    assertThat(tombstone.substring(25)).isEqualTo(",\"revoked\":true}");
  }

  @Test
  void a_tombstone_is_read_as_revoked() {
    assertThat(read(TokenJson.tombstone(FENCE))).isEqualTo(new Revoked());
  }

  @Test
  void a_damaged_entry_is_never_served_and_never_throws() {
    var random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      var damaged = Arrays.copyOf(entry(), 1 + random.nextInt(entry().length));
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);

      var lookup = read(damaged);

      if (lookup instanceof Found(Session session, _)) {
        assertThat(session.key()).isEqualTo(key("a"));
      } else {
        assertThat(lookup).isInstanceOf(Unusable.class);
      }
    }
  }

  @Test
  void foreign_json_is_unusable() {
    for (var other :
        new String[] {"", "{}", "[]", "null", "17", "{\"fence\":1}", "{\"fence\":{}}"}) {
      assertThat(read(other.getBytes(UTF_8))).isInstanceOf(Unusable.class);
    }
  }
}
