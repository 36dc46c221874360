package io.stoker.examples.springapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class SpringAppTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SessionSeed seed = SessionSeed.of(7).users(50).sessions(200);
  private final HttpClient client = HttpClient.newHttpClient();
  private ConfigurableApplicationContext application;

  @AfterEach
  void end() {
    application.close();
    client.close();
  }

  @Test
  void the_first_request_after_the_start_is_a_hit() {
    try (var servers = seeded(TestServers.empty())) {
      application = start(servers);
      awaitReady();

      var reply = get("/me", seed.rawToken(11));

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.body()).matches("[0-9a-f-]{36}");
      assertThat(get("/actuator/stoker").body())
          .contains("\"state\":\"completed\"", "\"warmed\":200", "\"verifiedShare\":1.0")
          .contains("\"lookups\":{\"hits\":1,\"misses\":0,\"hitRate\":1.0,")
          .contains("\"cacheHits\":1,\"loaded\":0,");
    }
  }

  /// What the test above would see if nothing were warmed.
  @Test
  void without_warming_the_first_request_is_a_miss() {
    try (var servers = seeded(TestServers.empty())) {
      application = start(servers, "--stoker.sessions.warm-at-start=false");

      get("/me", seed.rawToken(11));

      assertThat(get("/actuator/stoker").body())
          .contains("\"lookups\":{\"hits\":0,\"misses\":1,\"hitRate\":0.0,");
    }
  }

  @Test
  void without_redis_it_starts_says_so_and_answers() {
    try (var redis = RealRedis.start();
        var servers = seeded(TestServers.with(redis))) {
      redis.kill();

      application = start(servers);
      awaitReady();

      var health = get("/actuator/health");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body())
          .contains("\"postgres\":\"answers\"", "\"state\":\"cache-unreachable\"")
          .doesNotContain("\"redis\":\"answers\"");
      assertThat(get("/me", seed.rawToken(11)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void without_postgres_it_starts_and_says_so() {
    try (var postgres = RealPostgres.start();
        var servers = Servers.at(postgres.url(), emptyRedis())) {
      postgres.kill();

      application = start(servers, "--spring.datasource.hikari.connection-timeout=1000");
      awaitReady();

      assertThat(get("/actuator/health").body())
          .contains("\"redis\":\"answers\"", "\"state\":\"source-unreachable\"")
          .doesNotContain("\"postgres\":\"answers\"");
      assertThat(get("/me", seed.rawToken(11)).statusCode()).isEqualTo(503);
    }
  }

  @Test
  void nobody_is_let_in_without_a_session() {
    try (var servers = seeded(TestServers.empty())) {
      application = start(servers);

      assertThat(get("/me").statusCode()).isEqualTo(401);
      assertThat(get("/me", "wrong").statusCode()).isEqualTo(401);
    }
  }

  private Servers seeded(Servers servers) {
    SessionSchema.create(servers.dataSource());
    seed.into(servers.dataSource());
    return servers;
  }

  private static String emptyRedis() {
    RealRedis.shared().flush();
    return RealRedis.shared().url();
  }

  private static ConfigurableApplicationContext start(Servers servers, String... arguments) {
    var all = new ArrayList<>(List.of("--server.port=0", "--spring.main.banner-mode=off"));
    all.addAll(List.of(arguments));
    return SpringApp.start(servers, all);
  }

  private void awaitReady() {
    await().atMost(PATIENCE).until(() -> get("/actuator/health/readiness").statusCode() == 200);
  }

  private HttpResponse<String> get(String path) {
    return send(request(path));
  }

  private HttpResponse<String> get(String path, String token) {
    return send(request(path).header("Authorization", "Bearer " + token));
  }

  private HttpRequest.Builder request(String path) {
    var port = application.getEnvironment().getProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
