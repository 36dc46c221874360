package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpMethod;

/// HEAD is answered like GET, without a body, and ends at once.
class HeadTest {

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<String> paths() {
    var routes =
        server.part(Routes.class).all().stream()
            .filter(door -> door.method().equals(HttpMethod.GET))
            .map(Routes.Route::path)
            .map(path ->
                path.replace("/app/{file}", "/app/console.js")
                    .replace("{library}/{*file}", "lit/index.js")
                    .replace("{id}", "1"));
    return Stream.concat(
        routes,
        Stream.of(
            "/actuator/health",
            "/actuator/health/liveness",
            "/actuator/prometheus",
            "/v3/api-docs",
            "/v3/api-docs.yaml",
            "/nothing"));
  }

  private static String request(String method, String path) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  }

  @ParameterizedTest
  @MethodSource("paths")
  void head_answers_wherever_get_does(String path) {
    try (var head = new RawConnection(server.port());
        var get = new RawConnection(server.port())) {
      var headers = head.send(request("HEAD", path)).head();
      var answer = get.send(request("GET", path)).head();

      assertThat(headers.status()).isEqualTo(answer.status());
      assertThat(headers.header("Content-Type")).isEqualTo(answer.header("Content-Type"));
      assertThat(headers.header("ETag")).isEqualTo(answer.header("ETag"));
      assertThat(head.next()).as("what follows").isNegative();
    }
  }
}
