package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SessionRulesTest {

  private static final Duration CAP = Duration.ofMinutes(5);

  private final RandomGenerator random = new Random(42);

  private Duration ttl(Instant expiresAt) {
    return SessionRules.timeToLive(expiresAt, NOON, CAP, 0.2, random);
  }

  @Test
  void a_ttl_is_never_beyond_the_cap_and_never_beyond_the_session_s_end() {
    for (int i = 0; i < 10_000; i++) {
      var left = Duration.ofMillis(random.nextLong(-1_000_000, 1_000_000));

      var ttl = ttl(NOON.plus(left));

      assertThat(ttl).isLessThanOrEqualTo(CAP).isGreaterThanOrEqualTo(Duration.ZERO);
      if (left.isPositive()) {
        assertThat(ttl).isLessThanOrEqualTo(left);
      } else {
        assertThat(ttl).isZero();
      }
    }
  }

  @Test
  void sessions_warmed_together_expire_over_a_fifth_of_their_ttl() {
    var seen = new HashSet<Duration>();
    for (int i = 0; i < 10_000; i++) {
      seen.add(ttl(NOON.plus(Duration.ofDays(1))));
    }

    assertThat(seen).allMatch(ttl -> ttl.toSeconds() >= 240 && ttl.toSeconds() <= 300);
    assertThat(seen).hasSizeGreaterThan(55);
  }

  @Test
  void the_last_second_of_a_session_is_not_worth_an_entry() {
    assertThat(ttl(NOON.plusMillis(999))).isZero();
    assertThat(ttl(NOON.plusMillis(1000))).isEqualTo(Duration.ofSeconds(1));
    assertThat(ttl(NOON)).isZero();
  }

  @Test
  void an_expiry_at_the_end_of_time_is_cut_to_the_cap() {
    assertThat(SessionRules.timeToLive(Instant.MAX, NOON, CAP, 0, random)).isEqualTo(CAP);
  }

  @Test
  void every_key_is_sampled_with_the_same_probability() {
    var keys = new ArrayList<SessionKey>();
    for (int i = 0; i < 20; i++) {
      keys.add(SessionKey.ofToken("t" + i));
    }
    var sampled = new HashMap<SessionKey, Integer>();

    for (int run = 0; run < 20_000; run++) {
      var sample = new ArrayList<SessionKey>();
      for (int i = 0; i < keys.size(); i++) {
        SessionRules.sample(sample, 5, i, keys.get(i), random);
      }
      sample.forEach(key -> sampled.merge(key, 1, Integer::sum));
    }

    // Each is drawn 5,000 times on average with a standard deviation of 61.
    assertThat(sampled).hasSize(20);
    assertThat(sampled.values()).allMatch(count -> count > 4_600 && count < 5_400);
  }

  @Test
  void a_sample_of_none_stays_empty() {
    var sample = new ArrayList<SessionKey>();

    SessionRules.sample(sample, 0, 0, SessionKey.ofToken("a"), random);

    assertThat(sample).isEqualTo(List.of());
  }

  @Test
  void a_rate_determines_the_least_duration() {
    assertThat(SessionRules.leastDuration(500, 1000)).isEqualTo(Duration.ofMillis(500));
    assertThat(SessionRules.leastDuration(10_000_000_000L, 1))
        .isEqualTo(Duration.ofSeconds(10_000_000_000L));
  }
}
