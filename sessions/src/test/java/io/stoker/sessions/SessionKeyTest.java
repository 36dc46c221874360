package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SessionKeyTest {

  /// SHA-256 of "abc": FIPS 180-2, appendix B.1.
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void a_token_and_its_stored_hash_give_the_same_key() {
    assertThat(SessionKey.ofToken("abc")).isEqualTo(SessionKey.ofTokenHash(ABC));
    assertThat(SessionKey.ofToken("abc").name()).isEqualTo(ABC);
  }

  @Test
  void a_stored_hash_may_be_in_capitals() {
    assertThat(SessionKey.ofTokenHash(ABC.toUpperCase(Locale.ROOT)).name()).isEqualTo(ABC);
  }

  @Test
  void tokens_with_a_long_common_prefix_have_different_keys() {
    var header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

    assertThat(SessionKey.ofToken(header + "a")).isNotEqualTo(SessionKey.ofToken(header + "b"));
  }

  @Test
  void an_invalid_hash_is_rejected_without_being_quoted() {
    assertThatThrownBy(() -> SessionKey.ofTokenHash("secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 hexadecimal digits")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> SessionKey.ofTokenHash(ABC.replace('a', 'g')))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SessionKey.ofTokenHash("é".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_key_in_a_message_shows_too_little_to_be_used() {
    assertThat(SessionKey.ofSpringSession("0f7a2c1e-aaaa-bbbb-cccc-0123456789ab"))
        .hasToString("0f7a2c1e…");
  }

  @Test
  void its_name_in_redis_is_prefixed_with_the_namespace() {
    var name = SessionKey.ofToken("abc").in("ns:".getBytes(StandardCharsets.UTF_8));

    assertThat(new String(name, StandardCharsets.UTF_8)).isEqualTo("ns:" + ABC);
  }
}
