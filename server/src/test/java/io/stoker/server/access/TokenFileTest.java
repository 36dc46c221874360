package io.stoker.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

  private static final Instant THEN = Instant.parse("2026-11-21T16:00:00Z");
  private static final String HASH = ConfiguredToken.hash("some token");

  @TempDir private Path folder;
  private Path path = Path.of("tokens");

  @BeforeEach
  void choosePath() {
    path = folder.resolve("new/tokens");
  }

  private TokenFile file() {
    return new TokenFile(path);
  }

  private static StoredToken token(String name) {
    return new StoredToken(name, Role.VIEWER, HASH, THEN);
  }

  private void write(String... lines) throws IOException {
    Files.createDirectories(path.getParent());
    Files.write(path, List.of(lines));
  }

  @Test
  void a_missing_file_has_no_tokens() {
    assertThat(file().read()).isEmpty();
  }

  @Test
  void added_tokens_are_read_back_and_only_the_owner_can_read_the_file() throws IOException {
    file().add(token("grafana"));
    file().add(new StoredToken("shop-1", Role.CLIENT, HASH, THEN));

    assertThat(file().read())
        .containsExactly(token("grafana"), new StoredToken("shop-1", Role.CLIENT, HASH, THEN));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(path.getParent()).isDirectoryNotContaining(other -> !other.equals(path));
  }

  @Test
  void comments_and_blank_lines_stay() throws IOException {
    write("# ours", "", "  # Grafana's", token("grafana").line(), token("old").line());

    file().add(token("new"));
    file().remove("old");

    assertThat(Files.readAllLines(path))
        .containsExactly(
            "# ours", "", "  # Grafana's", token("grafana").line(), token("new").line());
  }

  @Test
  void a_name_is_unique() {
    file().add(token("grafana"));

    assertThatThrownBy(() -> file().add(token("grafana")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("--name: there is a token grafana. Choose another name, or revoke it first");
    assertThat(file().read()).hasSize(1);
  }

  @Test
  void an_unknown_token_cannot_be_revoked() {
    file().add(token("grafana"));

    assertThatThrownBy(() -> file().remove("grafena"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("NAME: there is no token grafena in " + path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Grafana", "a b", "-a", "a\nb operator", "STOKER_TOKEN", "a/b", "ä"})
  void an_invalid_name_is_rejected(String name) {
    assertThatThrownBy(() -> token(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a name of at most 63 lower-case letters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          grafana viewer                          | expected name, role, SHA-256 and time of creation, got 2 parts
          grafana admin HASH 2026-11-21T16:00:00Z | expected the role viewer, client, metrics or operator
          grafana viewer abc 2026-11-21T16:00:00Z | expected a SHA-256 as 64 hexadecimal digits
          grafana viewer HASH yesterday           | expected a time such as 2026-11-21T16:00:00Z after the hash
          first viewer HASH 2026-11-21T16:00:00Z  | expected each name once, got first twice
          """)
  void a_malformed_line_is_reported_and_nothing_is_written(String line, String problem)
      throws IOException {
    write("# ours", token("first").line(), line.replace("HASH", HASH));

    assertThatThrownBy(() -> file().read())
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("stoker.tokens-file: " + path + ", line 3: " + problem);
    assertThatThrownBy(() -> file().add(token("second"))).hasMessageContaining("line 3");
    assertThat(Files.readAllLines(path)).hasSize(3);
    assertThat(path.getParent()).isDirectoryNotContaining(other -> !other.equals(path));
  }

  @Test
  void two_commands_cannot_change_it_at_once() throws IOException {
    file().add(token("grafana"));
    var next = Files.createFile(path.resolveSibling("tokens.new"));

    assertThatThrownBy(() -> file().add(token("shop")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("another command is changing it. If none is, delete " + next);
    assertThat(next).exists();
  }

  @Test
  void a_link_to_it_stays_a_link() throws IOException {
    file().add(token("grafana"));
    var link = Files.createSymbolicLink(folder.resolve("link"), path);

    new TokenFile(link).add(token("shop"));

    assertThat(link).isSymbolicLink();
    assertThat(file().read()).hasSize(2);
  }

  @Test
  void secrets_are_long_random_and_recognizable_by_their_prefix() {
    assertThat(StoredToken.newSecret())
        .matches("stoker_[\\w-]{43}")
        .isNotEqualTo(StoredToken.newSecret());
  }
}
