package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.server.RunningServer;
import io.stoker.testing.Nginx;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A server behind a real nginx, called by programs.
class NginxTest {

  private static final String TOKEN = "correct-horse-battery-staple";

  /// Minimal configurations, and additions found in common examples.
  private static final String PLAIN =
      """
      server {
        listen 127.0.0.1:{port};
        location / {
          proxy_pass http://127.0.0.1:%d;
          %s
        }
      }
      """;

  @BeforeAll
  static void require() {
    assumeTrue(Nginx.isInstalled(), "there is no nginx on this machine");
  }

  private static int status(HttpClient client, int port, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/overview"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy_set_header X-Real-IP $remote_addr;",
        "proxy_http_version 1.1; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_http_version 1.1; proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_http_version 1.1; proxy_set_header Host $host;"
            + " proxy_set_header Forwarded for=$remote_addr;"
      })
  void without_tokens_clients_of_the_proxy_are_rejected(String lines) throws Exception {
    try (var server = RunningServer.with(Map.of());
        var nginx = Nginx.with(PLAIN.formatted(server.port(), lines));
        var client = HttpClient.newHttpClient()) {
      assertThat(status(client, nginx.port())).isEqualTo(403);
      assertThat(status(client, server.port())).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "10.0.0.0/8, false"})
  void limits_apply_to_the_client_if_the_proxy_is_trusted(String proxies, boolean areNamed)
      throws Exception {
    var append = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    try (var server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN, "STOKER_PROXIES", proxies));
        var nginx = Nginx.with(PLAIN.formatted(server.port(), append));
        var one = client("127.0.0.5");
        var other = client("127.0.0.6")) {
      for (int i = 0; i < 20; i++) {
        assertThat(guess(one, nginx.port(), i)).isEqualTo(401);
      }

      assertThat(guess(one, nginx.port(), 20)).isEqualTo(429);
      assertThat(guess(other, nginx.port(), 21)).isEqualTo(areNamed ? 401 : 429);
    }
  }

  private static HttpClient client(String address) {
    return HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(address)).build();
  }

  /// With an invalid token, and with a forged forwarded address.
  private static int guess(HttpClient client, int port, int number) throws Exception {
    return status(
        client,
        port,
        "Authorization",
        "Bearer a-wrong-token-of-a-stranger",
        "X-Forwarded-For",
        "203.0.113." + number);
  }

  @Test
  void the_log_says_why_it_does_not_start() {
    assertThat(catchThrowable(() -> Nginx.with("nonsense;"))).hasMessageContaining("nonsense");
  }
}
