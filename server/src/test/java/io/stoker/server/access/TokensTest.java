package io.stoker.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.TestTokens;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// The valid tokens while their file changes.
@ExtendWith(OutputCaptureExtension.class)
class TokensTest {

  private static final ConfiguredToken CONFIGURED =
      new ConfiguredToken("correct-horse-battery-staple");

  @TempDir private Path folder;
  private Path path = Path.of("tokens");

  @BeforeEach
  void choosePath() {
    path = folder.resolve("tokens");
  }

  private Tokens tokens() {
    return new Tokens(null, new TokenFile(path));
  }

  @Test
  void without_any_token_none_is_required() {
    assertThat(tokens().areRequired()).isFalse();
    assertThat(tokens().isValid(Caller.ANYBODY)).isTrue();
    assertThat(tokens().includeOperator()).isFalse();
  }

  @Test
  void the_configured_token_is_an_operator_s_and_valid_beside_those_of_the_file() {
    var grafana = TestTokens.create(path, "grafana", "viewer");
    var tokens = new Tokens(CONFIGURED, new TokenFile(path));

    var operator = tokens.find("correct-horse-battery-staple").orElseThrow();

    assertThat(operator.name()).isEqualTo("STOKER_TOKEN");
    assertThat(operator.role()).isEqualTo(Role.OPERATOR);
    assertThat(tokens.find(grafana)).map(Caller::role).contains(Role.VIEWER);
    assertThat(tokens.find(grafana + "x")).isEmpty();
    assertThat(tokens.find("")).isEmpty();
    assertThat(tokens.find(operator.tokenHash())).as("a hash is no token").isEmpty();
  }

  @Test
  void a_new_token_is_valid_after_the_next_refresh_and_tokens_are_required_from_then_on() {
    var tokens = tokens();

    var token = TestTokens.create(path, "shop", "client");

    assertThat(tokens.find(token)).isEmpty();
    tokens.refresh();
    assertThat(tokens.find(token)).map(Caller::name).contains("shop");
    assertThat(tokens.areRequired()).isTrue();
    assertThat(tokens.isValid(Caller.ANYBODY)).isFalse();
  }

  @Test
  void a_revoked_token_is_invalid_and_another_of_the_same_name_is_a_different_one() {
    var old = TestTokens.create(path, "shop", "client");
    var tokens = tokens();
    var caller = tokens.find(old).orElseThrow();
    assertThat(tokens.isValid(caller)).isTrue();

    TestTokens.revoke(path, "shop");
    var renewed = TestTokens.create(path, "shop", "client");
    tokens.refresh();

    assertThat(tokens.find(old)).isEmpty();
    assertThat(tokens.isValid(caller)).isFalse();
    assertThat(tokens.find(renewed)).isPresent();
    assertThat(tokens.byName("shop")).isEqualTo(tokens.find(renewed));
  }

  @Test
  void tokens_stay_required_after_the_last_one_is_revoked() throws IOException {
    TestTokens.create(path, "shop", "client");
    var tokens = tokens();

    Files.delete(path);
    tokens.refresh();

    assertThat(tokens.areRequired()).isTrue();
    assertThat(tokens.byName("shop")).isEmpty();
  }

  @Test
  void listeners_are_notified_of_changes() {
    var tokens = tokens();
    var notifications = new StringBuilder();
    tokens.onChange(() -> notifications.append(tokens.byName("shop").isPresent()));

    tokens.refresh();
    assertThat(notifications).isEmpty();
    TestTokens.create(path, "shop", "client");
    tokens.refresh();

    assertThat(notifications).hasToString("true");
  }

  @Test
  void a_malformed_file_fails_the_start() throws IOException {
    Files.writeString(path, "nonsense\n");

    assertThatThrownBy(this::tokens)
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(path + ", line 1: ");
  }

  @Test
  void a_file_that_becomes_malformed_changes_nothing_and_is_logged_once(CapturedOutput output)
      throws IOException {
    var token = TestTokens.create(path, "shop", "client");
    var tokens = tokens();
    var good = Files.readString(path);

    Files.writeString(path, good + "nonsense\n");
    for (int i = 0; i < 3; i++) {
      tokens.refresh();
      assertThat(tokens.find(token)).isPresent();
    }

    assertThat(output.getAll().split("line 3: ", -1)).as("logged once").hasSize(2);
    Files.writeString(path, good.replace(" client ", " viewer "));
    tokens.refresh();
    assertThat(tokens.find(token)).map(Caller::role).contains(Role.VIEWER);
  }

  @Test
  void callers_and_tokens_do_not_print_secrets() {
    var token = TestTokens.create(path, "shop", "client");
    var tokens = tokens();

    assertThat(tokens.find(token).orElseThrow()).hasToString("shop (client)");
    assertThat(CONFIGURED).hasToString("***");
  }
}
