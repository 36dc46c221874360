package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// The count and the log of invalid tokens.
@ExtendWith(OutputCaptureExtension.class)
class FailedAuthenticationsTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final int TRIES = 40;

  @Test
  void invalid_tokens_are_counted_and_their_addresses_logged_at_a_limited_rate(
      CapturedOutput output) {
    try (var server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN))) {
      for (int i = 0; i < TRIES; i++) {
        server.get("/models", "Authorization", "Bearer a-wrong-one-" + i);
      }
      server.post("/api/session", "{\"token\": \"a-wrong-one\"}");
      server.get("/api/overview/events?ticket=a-wrong-one");
      server.get("/models");

      var metrics =
          server.get("/actuator/prometheus", "Authorization", "Bearer " + TOKEN).response().body();

      assertThat(metrics).contains("stoker_tokens_refused_total " + (TRIES + 2.0));
      var lines =
          output.getAll().lines().filter(line -> line.contains("Invalid token or ticket")).toList();
      // Ten at once, and another every six seconds.
      assertThat(lines).hasSizeBetween(1, TRIES - 1);
      assertThat(lines).allMatch(line -> line.contains("from 127.0.0.1;"));
      assertThat(output.getAll()).doesNotContain("a-wrong-one");
    }
  }
}
