package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRulesTest {

  private static final String BELL = "\u0007";

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Zoë", "👩‍🚒", "a\tb\nc", "\uFFFD", "\u202E"})
  void valid_texts_stay_as_they_are(String text) {
    assertThat(TextRules.whyInvalid(text)).isNull();
    assertThat(TextRules.sanitized(text)).isSameAs(text);
  }

  @Test
  void the_reason_contains_the_invalid_character_and_its_position() {
    assertThat(TextRules.whyInvalid("ab\0")).isEqualTo("a NUL character at position 3");
    assertThat(TextRules.whyInvalid("👍\uD83D"))
        .isEqualTo("half of a character (U+D83D) at position 3");
    assertThat(TextRules.whyInvalid("\uDC4Dx"))
        .isEqualTo("half of a character (U+DC4D) at position 1");
  }

  @Test
  void invalid_characters_are_replaced_and_surrogate_pairs_stay() {
    assertThat(TextRules.sanitized("a\0b\uD83D👍\uDC4D\uD83D"))
        .isEqualTo("a\uFFFDb\uFFFD👍\uFFFD\uFFFD");
  }

  @Test
  void half_a_surrogate_pair_at_the_end_is_detected() {
    assertThat(TextRules.endsInHighSurrogate("a\uD83D")).isTrue();
    assertThat(TextRules.endsInHighSurrogate("a👍")).isFalse();
    assertThat(TextRules.endsInHighSurrogate("")).isFalse();
  }

  @Test
  void control_characters_are_escaped() {
    var text = "\u001B[31mred" + BELL + "\r\n\u009B2J\u2028\u202Eabc\u2066\0";

    assertThat(TextRules.escaped(text))
        .isEqualTo("\\u001b[31mred\\u0007\\r\\n\\u009b2J\\u2028\\u202eabc\\u2066\\u0000");
  }

  @Test
  void line_breaks_of_multi_line_texts_stay() {
    assertThat(TextRules.escapedLines("a\n\tb\r\u001B")).isEqualTo("a\n\tb\\r\\u001b");
    assertThat(TextRules.escaped("Zoë 👩‍🚒 שלום")).isEqualTo("Zoë 👩‍🚒 שלום");
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {"'  a\n  b. ',a b.,a b", "a...,a...,a", "'a \r\n\n b',a b,a b", "...,...,''"})
  void messages_are_put_on_one_line(String message, String line, String phrase) {
    assertThat(TextRules.oneLine(message)).isEqualTo(line);
    assertThat(TextRules.phrase(message)).isEqualTo(phrase);
  }
}
