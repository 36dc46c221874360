package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JdbcPromptTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "äöü 漢字 😀", "\uFFFF\uE001", "C:\\0\\uE000"})
  void what_a_database_can_keep_is_written_as_it_is(String text) {
    assertThat(JdbcPromptText.encode(text)).isSameAs(text);
    assertThat(JdbcPromptText.decode(text)).isSameAs(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0000, half of nothing",
    "E000, the sign itself",
    "D83D, a first half",
    "DE00, a second half",
  })
  void what_a_database_cannot_keep_comes_back_wherever_it_stands(String hex, String what) {
    var odd = Character.toString((char) Integer.parseInt(hex, 16));

    for (var text : new String[] {odd, odd + "a", "a" + odd, "a" + odd + "b" + odd, odd + "0000"}) {
      var written = JdbcPromptText.encode(text);

      assertThat(written).as(what).doesNotContain("\0").isNotEqualTo(text);
      assertThat(written.chars().filter(each -> Character.isSurrogate((char) each))).isEmpty();
      assertThat(JdbcPromptText.decode(written)).as(what).isEqualTo(text);
    }
  }

  @Test
  void halves_in_the_wrong_order_are_told_from_a_pair() {
    var text = "\uDE00\uD83D\uDE00\uD83D";

    assertThat(JdbcPromptText.encode(text)).isEqualTo("\uE000de00😀\uE000d83d");
    assertThat(JdbcPromptText.decode(JdbcPromptText.encode(text))).isEqualTo(text);
  }
}
