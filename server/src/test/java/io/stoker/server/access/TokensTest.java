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

/// Which tokens are in force while their file changes.
@ExtendWith(OutputCaptureExtension.class)
class TokensTest {

  private static final ConfiguredToken OWN = new ConfiguredToken("correct-horse-battery-staple");

  @TempDir private Path folder;
  private Path path = Path.of("tokens");

  @BeforeEach
  void chooseAPlace() {
    path = folder.resolve("tokens");
  }

  private Tokens tokens() {
    return new Tokens(null, new TokenFile(path));
  }

  @Test
  void without_any_token_nobody_is_asked_for_one() {
    assertThat(tokens().areRequired()).isFalse();
    assertThat(tokens().isValid(Caller.ANYBODY)).isTrue();
    assertThat(tokens().includeOperator()).isFalse();
  }

  @Test
  void the_settings_token_is_an_operator_s_beside_those_of_the_file() {
    var grafana = TestTokens.create(path, "grafana", "viewer");
    var tokens = new Tokens(OWN, new TokenFile(path));

    var own = tokens.find("correct-horse-battery-staple").orElseThrow();

    assertThat(own.name()).isEqualTo("STOKER_TOKEN");
    assertThat(own.role()).isEqualTo(Role.OPERATOR);
    assertThat(tokens.find(grafana)).map(Caller::role).contains(Role.VIEWER);
    assertThat(tokens.find(grafana + "x")).isEmpty();
    assertThat(tokens.find("")).isEmpty();
    assertThat(tokens.find(own.tokenHash())).as("a hash is no token").isEmpty();
  }

  @Test
  void a_new_token_is_known_at_the_next_look_and_from_then_on_tokens_are_asked_for() {
    var tokens = tokens();

    var token = TestTokens.create(path, "shop", "client");

    assertThat(tokens.find(token)).isEmpty();
    tokens.refresh();
    assertThat(tokens.find(token)).map(Caller::name).contains("shop");
    assertThat(tokens.areRequired()).isTrue();
    assertThat(tokens.isValid(Caller.ANYBODY)).isFalse();
  }

  @Test
  void a_revoked_token_is_nobody_s_and_another_of_its_name_is_another() {
    var old = TestTokens.create(path, "shop", "client");
    var tokens = tokens();
    var caller = tokens.find(old).orElseThrow();
    assertThat(tokens.isValid(caller)).isTrue();

    TestTokens.revoke(path, "shop");
    var young = TestTokens.create(path, "shop", "client");
    tokens.refresh();

    assertThat(tokens.find(old)).isEmpty();
    assertThat(tokens.isValid(caller)).isFalse();
    assertThat(tokens.find(young)).isPresent();
    assertThat(tokens.byName("shop")).isEqualTo(tokens.find(young));
  }

  @Test
  void a_server_that_asked_for_tokens_goes_on_though_the_last_be_revoked() throws IOException {
    TestTokens.create(path, "shop", "client");
    var tokens = tokens();

    Files.delete(path);
    tokens.refresh();

    assertThat(tokens.areRequired()).isTrue();
    assertThat(tokens.byName("shop")).isEmpty();
  }

  @Test
  void those_who_listen_are_told_of_changes() {
    var tokens = tokens();
    var told = new StringBuilder();
    tokens.onChange(() -> told.append(tokens.byName("shop").isPresent()));

    tokens.refresh();
    assertThat(told).isEmpty();
    TestTokens.create(path, "shop", "client");
    tokens.refresh();

    assertThat(told).hasToString("true");
  }

  @Test
  void a_file_that_is_damaged_from_the_start_is_refused() throws IOException {
    Files.writeString(path, "nonsense\n");

    assertThatThrownBy(this::tokens)
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(path + ", line 1: ");
  }

  @Test
  void a_file_damaged_later_changes_nothing_and_is_told_of_once(CapturedOutput output)
      throws IOException {
    var token = TestTokens.create(path, "shop", "client");
    var tokens = tokens();
    var good = Files.readString(path);

    Files.writeString(path, good + "nonsense\n");
    for (int i = 0; i < 3; i++) {
      tokens.refresh();
      assertThat(tokens.find(token)).isPresent();
    }

    assertThat(output.getAll().split("line 3: ", -1)).as("told once").hasSize(2);
    Files.writeString(path, good.replace(" client ", " viewer "));
    tokens.refresh();
    assertThat(tokens.find(token)).map(Caller::role).contains(Role.VIEWER);
  }

  @Test
  void callers_and_tokens_show_no_hash() {
    var token = TestTokens.create(path, "shop", "client");
    var tokens = tokens();

    assertThat(tokens.find(token).orElseThrow()).hasToString("shop (client)");
    assertThat(OWN).hasToString("***");
  }
}
