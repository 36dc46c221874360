package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.server.access.ConfiguredToken;
import io.stoker.server.access.Role;
import io.stoker.server.access.StoredToken;
import io.stoker.server.settings.Configuration;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.testing.RealPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers that share a Postgres share their tokens, too.
@Tag("soak")
class SharedTokensTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void shareAPostgres() {
    var postgres = RealPostgres.shared();
    variables.put("STOKER_ANSWERS_DATABASE_URL", postgres.url(postgres.newDatabase()));
  }

  private String create(String name, String role) {
    var secret = StoredToken.newSecret();
    try (var assembly = assembly()) {
      var created = Instant.parse("2026-12-01T10:00:00Z");
      var hash = ConfiguredToken.hash(secret);
      assembly.tokens().add(new StoredToken(name, Role.of(role).orElseThrow(), hash, created));
    }
    return secret;
  }

  private Assembly assembly() {
    return new Assembly(new Configuration(variables, Map.of()).settings(), Time.system());
  }

  private RunningServer server() {
    return RunningServer.with(variables);
  }

  private static int status(RunningServer server, String token) {
    return server.get("/models", "Authorization", "Bearer " + token).status();
  }

  private static void awaitStatus(RunningServer server, String token, int status) {
    await().atMost(PATIENCE).until(() -> status(server, token) == status);
  }

  @Test
  void tokens_created_and_revoked_apply_to_every_server() {
    var shop = create("shop", "client");
    try (var one = server();
        var other = server()) {
      assertThat(status(one, shop)).isEqualTo(200);
      assertThat(status(other, shop)).isEqualTo(200);
      assertThat(one.get("/models").status()).isEqualTo(401);

      var late = create("late", "viewer");
      awaitStatus(one, late, 200);
      awaitStatus(other, late, 200);

      try (var assembly = assembly()) {
        assembly.tokens().remove("shop");
      }
      awaitStatus(one, shop, 401);
      awaitStatus(other, shop, 401);
    }
  }

  @Test
  void a_sign_out_applies_to_every_server() {
    var ann = create("ann", "operator");
    variables.put("STOKER_TOKEN", "correct-horse-battery-staple");
    try (var one = server();
        var other = server()) {
      var signedIn = one.post("/api/session", "{\"token\": \"" + ann + "\"}").response();
      var cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
      assertThat(other.get("/models", "Cookie", cookie).status()).isEqualTo(200);

      one.send(one.request("/api/session", "Cookie", cookie).DELETE());

      assertThat(one.get("/models", "Cookie", cookie).status()).isEqualTo(401);
      await().atMost(PATIENCE).until(() -> other.get("/models", "Cookie", cookie).status() == 401);
    }
  }

  @Test
  void on_a_public_address_an_operator_is_looked_for_there() {
    variables.put("SERVER_ADDRESS", "0.0.0.0");
    create("shop", "client");

    assertThatThrownBy(this::server)
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("create an operator token first");

    var ann = create("ann", "operator");
    try (var server = server()) {
      assertThat(status(server, ann)).isEqualTo(200);
    }
  }

  @Test
  void a_file_that_is_named_comes_first_also_if_it_can_only_be_read() throws Exception {
    create("shop", "client");
    var file = folder.resolve("mounted");
    var token = TestTokens.create(file, "from-a-secret", "viewer");
    assertThat(file.toFile().setReadOnly()).isTrue();
    variables.put("STOKER_TOKENS_FILE", file.toString());

    try (var server = server()) {
      assertThat(status(server, token)).isEqualTo(200);

      // As Kubernetes changes what it has mounted: another file in the place of this one.
      var next = folder.resolve("next");
      var other = TestTokens.create(next, "another", "viewer");
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      awaitStatus(server, other, 200);
      assertThat(status(server, token)).isEqualTo(401);
    }
  }
}
