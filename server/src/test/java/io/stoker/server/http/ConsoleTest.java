package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The console's files, on a server that requires a token.
class ConsoleTest {

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_TOKEN", "correct-horse-battery-staple"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void without_scripts_the_front_page_lists_the_routes() {
    var page = server.get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.response().body())
        .contains(
            "<noscript>", "/api/sessions/warm", "/api/answers/ask", "/actuator/health", "width=");
  }

  @Test
  void only_scripts_of_the_server_may_run() {
    var policy = server.get("/").response().headers().firstValue("Content-Security-Policy");

    assertThat(policy.orElse(""))
        .containsPattern("script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='; ")
        .contains("default-src 'none'", "style-src 'self'", "connect-src 'self'")
        .contains("frame-ancestors 'none'", "require-trusted-types-for 'script'")
        .doesNotContain("unsafe", "*", "http:");
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html",
    "/stoker.css, text/css",
    "/app/console.js, text/javascript",
    "/app/flame.svg, image/svg+xml",
    "/lib/lit/index.js, text/javascript",
    "/lib/lit-html/directives/live.js, text/javascript",
    "/lib/picocss__pico/css/pico.min.css, text/css"
  })
  void the_files_need_no_token(String path, String type) {
    var file = server.get(path);

    assertThat(file.status()).isEqualTo(200);
    assertThat(file.response().headers().firstValue("Content-Type").orElse("")).startsWith(type);
    assertThat(file.response().headers().firstValue("Cache-Control")).contains("no-cache");
  }

  @Test
  void a_cached_file_is_not_sent_again() {
    var tag = server.get("/app/console.js").response().headers().firstValue("ETag").orElseThrow();

    var again = server.get("/app/console.js", "If-None-Match", tag);

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.response().body()).isEmpty();
  }

  @Test
  void every_library_of_the_page_exists() {
    var page = server.get("/").response().body();

    var files =
        Pattern.compile("\"(?:\\./)?(lib/[^\"]+\\.(js|css))\"").matcher(page).results().toList();

    assertThat(files)
        .hasSizeGreaterThan(3)
        .allSatisfy(file -> assertThat(server.get("/" + file.group(1)).status()).isEqualTo(200));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/app/nothing.js",
        "/lib/nothing/index.js",
        "/lib/lit/package.nothing",
        "/lib/lit/3.3.2/index.js",
        "/lib/spring-webmvc/index.js"
      })
  void an_unknown_file_is_a_problem(String path) {
    var answer = server.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("code")).isEqualTo("unknown-path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/app/../api/sessions/runs",
        "/app/..%2findex.html",
        "/lib/lit/../../application.yaml",
        "/lib/lit/%2e%2e/package.json",
        "/lib/lit;/../../api",
        "/app/console.js;x",
        "/app/console.js/../../actuator/prometheus"
      })
  void no_path_variant_leads_out_of_the_files(String path) {
    assertThat(server.get(path).status()).isIn(400, 401);
  }
}
