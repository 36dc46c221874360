package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.server.RunningServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The rate limits of callers, and of failed authentications per address.
class RateLimitsTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final String[] RIGHT = {"Authorization", "Bearer " + TOKEN};
  private static final String[] WRONG = {"Authorization", "Bearer wrong-horse-battery-staple"};

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T16:00:00Z"));

  @Test
  void a_caller_may_burst_to_twice_its_rate() {
    var limits = new RateLimits(10, time);

    for (int i = 0; i < 20; i++) {
      assertThat(limits.request("shop")).isZero();
    }
    assertThat(limits.request("shop")).isEqualTo(Duration.ofMillis(100));
    assertThat(limits.request("other")).as("others are others").isZero();
    time.advance(Duration.ofMillis(100));
    assertThat(limits.request("shop")).isZero();
    assertThat(limits.request("shop")).isPositive();
  }

  @Test
  void a_caller_s_frames_have_a_limit_far_above_that_of_its_requests() {
    var limits = new RateLimits(10, time);

    for (int i = 0; i < 100_000; i++) {
      assertThat(limits.frame("shop")).isTrue();
    }
    assertThat(limits.frame("shop")).isFalse();
    assertThat(limits.frame("other")).as("others are others").isTrue();
    time.advance(Duration.ofMillis(5));
    assertThat(limits.frame("shop")).isTrue();
    assertThat(limits.frame("shop")).isFalse();
  }

  @Test
  void zero_is_no_limit() {
    var limits = new RateLimits(0, time);

    for (int i = 0; i < 10_000; i++) {
      assertThat(limits.request("shop")).isZero();
      assertThat(limits.frame("shop")).isTrue();
    }
  }

  @Test
  void an_address_may_fail_twenty_times_a_minute() {
    var limits = new RateLimits(0, time);

    for (int i = 0; i < 20; i++) {
      assertThat(limits.failure("10.0.0.1")).isZero();
    }
    assertThat(limits.failure("10.0.0.1")).isEqualTo(Duration.ofSeconds(3));
    assertThat(limits.failure("10.0.0.2")).isZero();
    time.advance(Duration.ofSeconds(3));
    assertThat(limits.failure("10.0.0.1")).isZero();
  }

  @Test
  void too_many_requests_are_rejected_with_a_wait_and_open_routes_still_answer() {
    try (var server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN, "STOKER_RATE_LIMIT", "1"))) {
      var answer = server.get("/models", RIGHT);
      for (int i = 0; i < 10 && answer.status() == 200; i++) {
        answer = server.get("/models", RIGHT);
      }

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.text("code")).isEqualTo("too-many");
      assertThat(answer.text("error")).contains("requests of STOKER_TOKEN (stoker.rate-limit)");
      assertThat(answer.response().headers().firstValue("Retry-After")).contains("1");
      assertThat(server.get("/actuator/health", RIGHT).status()).isEqualTo(200);
    }
  }

  @Test
  void frames_that_change_something_count_and_subscriptions_do_not() {
    try (var server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN, "STOKER_RATE_LIMIT", "1"));
        var client = SocketClient.at(server.port(), "/ws", RIGHT)) {
      for (int i = 0; i < 20; i++) {
        client.subscribe("c" + i);
      }
      assertThat(client.flush()).noneMatch(frame -> frame.path("type").asString().equals("error"));

      for (int i = 0; i < 20; i++) {
        client.toggle("c", "true");
      }
      assertThat(client.next("error").path("message").asString()).startsWith("too many requests");
    }
  }

  @Test
  void twenty_invalid_tokens_are_answered_and_a_valid_one_is_still_accepted() {
    try (var server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN))) {
      for (int i = 0; i < 10; i++) {
        assertThat(server.get("/models", WRONG).status()).isEqualTo(401);
        assertThat(server.post("/api/session", "{\"token\": \"wrong\"}").status()).isEqualTo(401);
      }

      var refused = server.get("/models", WRONG);
      var signIn = server.post("/api/session", "{\"token\": \"wrong\"}");

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text("code")).isEqualTo("too-many");
      assertThat(refused.response().headers().firstValue("Retry-After")).isPresent();
      assertThat(signIn.status()).isEqualTo(429);
      assertThat(server.get("/models").status()).as("no token is no guess").isEqualTo(401);
      assertThat(server.get("/models", RIGHT).status()).isEqualTo(200);
      assertThat(server.post("/api/session", "{\"token\": \"" + TOKEN + "\"}").status())
          .isEqualTo(204);
    }
  }

  @Test
  void without_tokens_there_are_no_rate_limits() {
    try (var server = RunningServer.with(Map.of("STOKER_RATE_LIMIT", "1"))) {
      for (int i = 0; i < 20; i++) {
        assertThat(server.get("/models", WRONG).status()).isEqualTo(200);
      }
    }
  }
}
